import { PUBLISHED_IMAGE } from '../functions/lib/runner/published-image.ts'
import { Builder, nameOf, type Rendered, type Toolchain } from './kustomize/build.ts'
import { findKustomize, type Kustomize } from './kustomize/find.ts'
import type { Functions } from './runtime/functions.ts'
import { embeddedRuntime, type Runtime } from './runtime/runtime.ts'
import { colorsFor } from './terminal.ts'

/** What every command that builds needs. */
export interface Session {
  /** The references that count as the functions' own image, the published one first. */
  images: readonly string[]
  /** A line for the user on stderr. */
  say(line: string): void
  /** Builds with these functions, and with further flags of Kustomize. */
  builder(functions: Functions, ...flags: readonly string[]): Builder
}

/** The options of every command that builds. */
export interface BuildOptions {
  image: string[]
}

/** Nothing is looked for or set up before something is built. */
export function openSession({ image }: BuildOptions): Session {
  const say = (line: string): void => {
    process.stderr.write(`${colorsFor(process.stderr, process.env).dim(`krm-hardening: ${line}`)}\n`)
  }
  const images = [PUBLISHED_IMAGE, ...image, ...(process.env.KRM_HARDENING_IMAGE ?? '').split(/[\s,]+/)].filter(
    (ref) => ref !== '',
  )
  let kustomize: Promise<Kustomize> | undefined
  let runtime: Runtime | undefined
  const prepare = async (functions: Functions, flags: readonly string[]): Promise<Toolchain> => {
    kustomize ??= findKustomize(process.env, say)
    const found = await kustomize
    runtime ??= embeddedRuntime(images, process.env)
    return { kustomize: { ...found, build: [...found.build, ...flags] }, runtime, functions }
  }
  return { images, say, builder: (functions, ...flags) => new Builder(() => prepare(functions, flags), showProgress) }
}

/** One line for each build that ends, if stderr is a terminal. */
function showProgress({ folders, exitCode, milliseconds }: Rendered): void {
  if (!process.stderr.isTTY) return
  const colors = colorsFor(process.stderr, process.env)
  const mark = exitCode === 0 ? colors.green('✓') : colors.red('✗')
  process.stderr.write(`${mark} ${nameOf(folders)} ${colors.dim(`${(milliseconds / 1000).toFixed(1)} s`)}\n`)
}
