import { resolve } from 'node:path'
import { display } from './display.ts'
import { Failure } from './exit-code.ts'
import { type Build, Builder, type Toolchain } from './kustomize/build.ts'
import { findKustomize, type Kustomize } from './kustomize/find.ts'
import { colorsFor } from './report/terminal.ts'
import { embeddedRuntime, type RuntimeMode } from './runtime/runtime.ts'
import { isFolder, readKustomization } from './tree/kustomization.ts'

/** What every command that builds needs. */
export interface Session {
  /** A line for the user on stderr. */
  say(line: string): void
  builder(mode: RuntimeMode): Builder
}

/** Options that every command that builds has. */
export interface BuildOptions {
  image: string[]
}

/** Nothing is looked for or set up before something is built. */
export function openSession({ image }: BuildOptions): Session {
  const say = (line: string): void => {
    process.stderr.write(`${colorsFor(process.stderr, process.env).dim(`krm-hardening: ${line}`)}\n`)
  }
  const images = [...image, ...(process.env.KRM_HARDENING_IMAGE ?? '').split(/[\s,]+/)].filter((ref) => ref !== '')
  let kustomize: Promise<Kustomize> | undefined
  const prepare = async (mode: RuntimeMode): Promise<Toolchain> => {
    kustomize ??= findKustomize(process.env, say)
    return { kustomize: await kustomize, env: embeddedRuntime(mode, images, process.env) }
  }
  return { say, builder: (mode) => new Builder(() => prepare(mode), showProgress) }
}

/** One line for each build that ends, where somebody is watching. */
function showProgress({ folder, exitCode, milliseconds }: Build): void {
  if (!process.stderr.isTTY) return
  const colors = colorsFor(process.stderr, process.env)
  const mark = exitCode === 0 ? colors.green('✓') : colors.red('✗')
  process.stderr.write(`${mark} ${display(folder)} ${colors.dim(`${(milliseconds / 1000).toFixed(1)} s`)}\n`)
}

/** The absolute path of a folder that can be built. Throws Failure (2) for any other. */
export function requireBuildable(folder: string): string {
  const path = resolve(folder)
  if (!isFolder(path)) throw new Failure(`${folder} is no folder; expected one with a kustomization.yaml`)
  if (!readKustomization(path)) throw new Failure(`${folder} has no kustomization.yaml`)
  return path
}
