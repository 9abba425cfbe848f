import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PINNED } from '../../cli/kustomize/pinned.ts'
import { findOnPath, isExecutable } from '../../cli/on-path.ts'

/**
 * The Kustomize that the tests run: KUSTOMIZE in the environment, else the one on PATH, else the pinned version, which Go
 * builds once into node_modules/.cache. Throws where none of the three can be had.
 */
export function kustomize(): string {
  const { KUSTOMIZE, PATH } = process.env
  if (!KUSTOMIZE) return findOnPath('kustomize', PATH) ?? kustomizeOf(PINNED)
  if (!isExecutable(KUSTOMIZE)) throw new Error(`KUSTOMIZE=${KUSTOMIZE}: expected a program that can be run`)
  return KUSTOMIZE
}

/** A Kustomize of one version, such as v5.5.0. Throws, with what Go said, where it cannot be built. */
export const kustomizeOf = (version: string): string =>
  builtWithGo(
    'sigs.k8s.io/kustomize/kustomize/v5',
    version,
    'The tests need Kustomize: name one in KUSTOMIZE or put one on PATH',
  )

/**
 * A program that Go builds once into node_modules/.cache: the last part of its module's path, less a major version.
 * `why` opens the error where it cannot be built.
 */
export const builtWithGo = (module: string, version: string, why: string): string =>
  built(basename(module.replace(/\/v\d+$/, '')), version, why, (folder) => {
    go(folder, 'install', `${module}@${version}`)
  })

/** As builtWithGo, cmd/PROGRAM of a module that excludes or replaces what it requires, which `go install` refuses. */
export const builtInModule = (module: string, program: string, version: string, why: string): string =>
  built(program, version, why, (folder) => {
    const { Dir } = JSON.parse(go(folder, 'mod', 'download', '-json', `${module}@${version}`)) as { Dir: string }
    go(folder, 'build', '-C', Dir, '-o', join(folder, program), `./cmd/${program}`)
  })

function built(program: string, version: string, why: string, build: (folder: string) => void): string {
  const cache = join(__dirname, '../../node_modules/.cache/krm-hardening')
  const target = join(cache, `${program}-${version}`)
  if (existsSync(target)) return target
  mkdirSync(cache, { recursive: true })
  // Moved to its place whole: test files run side by side.
  const folder = mkdtempSync(join(cache, 'installing-'))
  try {
    build(folder)
    renameSync(join(folder, program), target)
    return target
  } catch (cause) {
    throw new Error(`${why}. Install Go, which builds it; it could not build ${program} ${version}:`, { cause })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const go = (folder: string, ...args: string[]): string =>
  execFileSync('go', args, {
    cwd: folder,
    env: { ...process.env, GOBIN: folder, GOFLAGS: '', CGO_ENABLED: '0' },
    encoding: 'utf8',
    stdio: 'pipe',
  })
