import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PINNED } from '../../cli/kustomize/pinned.ts'
import { isNewEnough } from '../../cli/kustomize/version.ts'
import { findOnPath, isExecutable } from '../../cli/on-path.ts'

/** Where programs that the tests build are kept. */
export const CACHE = join(__dirname, '../../node_modules/.cache/krm-hardening')

/**
 * The Kustomize that the tests run: KUSTOMIZE in the environment, else the one on PATH, else the one in kubectl, else the
 * pinned version, which Go builds once into node_modules/.cache. Throws where none of these can be had.
 */
export function kustomize(): string {
  const { KUSTOMIZE, PATH } = process.env
  if (!KUSTOMIZE) {
    found ??= findOnPath('kustomize', PATH) ?? kustomizeOfKubectl() ?? kustomizeOf(PINNED)
    return found
  }
  if (!isExecutable(KUSTOMIZE)) throw new Error(`KUSTOMIZE=${KUSTOMIZE}: expected a program that can be run`)
  return KUSTOMIZE
}

let found: string | undefined

/**
 * Kustomize's own program, which takes flags that kubectl does not, and which images carry: KUSTOMIZE in the environment,
 * else the one on PATH, else the pinned version, which Go builds.
 */
export const kustomizeProgram = (): string =>
  process.env.KUSTOMIZE || (findOnPath('kustomize', process.env.PATH) ?? kustomizeOf(PINNED))

/** `kubectl kustomize` under the interface of Kustomize's own program, or undefined where there is none new enough. */
function kustomizeOfKubectl(): string | undefined {
  const kubectl = findOnPath('kubectl', process.env.PATH)
  if (!kubectl) return undefined
  const said = execFileSync(kubectl, ['version', '--client'], { encoding: 'utf8' })
  const version = /^Kustomize Version: (\S+)/m.exec(said)?.[1]
  if (!version || !isNewEnough(version)) return undefined
  return built('kubectl-kustomize', version, 'kubectl builds in place of Kustomize', (folder) => {
    const script = `#!/bin/sh\n[ "$1" = version ] && exec echo '${version}'\nshift\nexec '${kubectl}' kustomize "$@"\n`
    writeFileSync(join(folder, 'kubectl-kustomize'), script, { mode: 0o755 })
  })
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

/**
 * As builtWithGo, a package of a copy of a module, with files added: what a module leaves for its own release to make, or a
 * program around a package that the module keeps to itself. `dropped` are its replacements by folders that it was
 * published without.
 */
export const builtInCopy = (
  module: string,
  version: string,
  how: { program: string; package: string; files: Readonly<Record<string, string>>; dropped?: string; flags?: string },
  why: string,
): string =>
  built(how.program, version, why, (folder) => {
    const { Dir } = JSON.parse(go(folder, 'mod', 'download', '-json', `${module}@${version}`)) as { Dir: string }
    const copy = join(folder, 'module')
    cpSync(Dir, copy, { recursive: true })
    execFileSync('chmod', ['-R', 'u+w', copy])
    for (const [path, text] of Object.entries(how.files)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      writeFileSync(join(copy, path), text)
    }
    if (how.dropped) go(copy, 'mod', 'edit', `-dropreplace=${how.dropped}`)
    const flags = ['-mod=mod', ...(how.flags ? [`-ldflags=${how.flags}`] : [])]
    // One at a time: test files run side by side, and the second finds everything compiled.
    execFileSync(
      'flock',
      [
        join(CACHE, `${how.program}.lock`),
        'go',
        'build',
        ...flags,
        '-o',
        join(folder, how.program),
        `./${how.package}`,
      ],
      { cwd: copy, env: goEnvironment(folder), stdio: 'pipe' },
    )
  })

/** The command of Flux. Its module has everything but the manifests that its release puts into it, which only `flux install` reads. */
export const flux = (): string =>
  builtInCopy(
    'github.com/fluxcd/flux2/v2',
    'v2.7.5',
    {
      program: 'flux',
      package: 'cmd/flux',
      files: { 'cmd/flux/manifests/none.yaml': '{}\n' },
      flags: '-X main.VERSION=2.7.5',
    },
    'The tests of what Flux pulls need its command',
  )

/** How long Go may take to compile a large program for the first time, in milliseconds. */
export const TIME_TO_BUILD = 1_500_000

/**
 * Go in a folder with a go.mod, which pins a program and the checksums of all that it is made from; gives its stdout. One call
 * at a time, because test files run side by side. Throws `why`, with what Go says.
 */
export const goIn =
  (module: string, why: string) =>
  (...args: string[]): string => {
    mkdirSync(CACHE, { recursive: true })
    try {
      return execFileSync('flock', [join(CACHE, `${basename(module)}.lock`), 'go', ...args], {
        cwd: module,
        env: { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' },
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 64 << 20,
      })
    } catch (cause) {
      throw new Error(`${why}. Go said:`, { cause })
    }
  }

function built(program: string, version: string, why: string, build: (folder: string) => void): string {
  const target = join(CACHE, `${program}-${version}`)
  if (existsSync(target)) return target
  mkdirSync(CACHE, { recursive: true })
  // Moved to its place whole: test files run side by side.
  const folder = mkdtempSync(join(CACHE, 'installing-'))
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
    env: goEnvironment(folder),
    encoding: 'utf8',
    stdio: 'pipe',
  })

const goEnvironment = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  GOBIN: folder,
  GOFLAGS: '',
  CGO_ENABLED: '0',
})
