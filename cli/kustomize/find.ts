import { resolve } from 'node:path'
import { Failure } from '../exit-code.ts'
import { findOnPath, isExecutable } from '../on-path.ts'
import { run } from '../process.ts'
import { installedKustomize, installFromRelease, installWithGo } from './install.ts'
import { PINNED, pinnedArchive } from './pinned.ts'
import { isNewEnough, OLDEST, versionOf } from './version.ts'

/** A Kustomize to build with. */
export interface Kustomize {
  /** The program and the arguments of a build; the directory comes after them. */
  build: readonly [string, ...string[]]
  /** What it is and where it comes from, for the user. */
  description: string
}

/** Why a place has none. */
interface NotFound {
  why: string
}

type Finder = (env: NodeJS.ProcessEnv, say: (line: string) => void) => Promise<Kustomize | NotFound>

/**
 * The Kustomize to use: the first of KUSTOMIZE in the environment, PATH, an earlier installation, `kubectl kustomize`,
 * `go install`, the pinned release. What this machine has comes before what takes a minute to build or to download. Says
 * which one through `say`. Throws Failure (2) if there is none.
 */
export async function findKustomize(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Kustomize> {
  if (env.KUSTOMIZE) return announce(await named(env.KUSTOMIZE, env), say)
  const reasons: string[] = []
  for (const place of [onPath, installedBefore, kubectl, goInstall, release]) {
    const answer = await place(env, say)
    if ('build' in answer) return announce(answer, say)
    reasons.push(answer.why)
  }
  throw new Failure(
    [
      'no kustomize to build with:',
      ...reasons.map((why) => `  - ${why}`),
      `Install kustomize ${OLDEST} or later (https://kubectl.docs.kubernetes.io/installation/kustomize/), or Go or kubectl, or name one: KUSTOMIZE=/path/to/kustomize`,
    ].join('\n'),
  )
}

function announce(kustomize: Kustomize, say: (line: string) => void): Kustomize {
  say(`using ${kustomize.description}`)
  return kustomize
}

const program = (path: string, version: string, from: string): Kustomize => ({
  build: [path, 'build', '--enable-alpha-plugins'],
  description: `kustomize ${version} (${path}, ${from})`,
})

/** What the user named is used or refused, never passed over. */
async function named(name: string, env: NodeJS.ProcessEnv): Promise<Kustomize> {
  const path = name.includes('/') ? resolve(name) : findOnPath(name, env.PATH)
  if (path === undefined || !isExecutable(path)) throw new Failure(`KUSTOMIZE=${name} cannot be run as a program`)
  const version = await versionOf(path)
  if (version !== undefined && !isNewEnough(version))
    throw new Failure(`KUSTOMIZE=${name} is ${version}, expected ${OLDEST} or later`)
  return program(path, version ?? 'of unknown version', 'named by KUSTOMIZE')
}

const onPath: Finder = async (env, say) => {
  const path = findOnPath('kustomize', env.PATH)
  if (path === undefined) return { why: 'PATH has no kustomize' }
  const version = await versionOf(path)
  if (version !== undefined && isNewEnough(version)) return program(path, version, 'on PATH')
  const found = version === undefined ? 'does not say its version' : `is ${version}`
  const why = `${path} ${found}; expected ${OLDEST} or later (KUSTOMIZE=${path} uses one of unknown version)`
  say(`not using ${why}`)
  return { why }
}

const installedBefore: Finder = async (env) => {
  const path = installedKustomize(env)
  if (path === undefined || !isExecutable(path)) return { why: 'no earlier run has installed one' }
  return program(path, PINNED, 'installed by an earlier run')
}

const goInstall: Finder = async (env, say) => {
  const go = findOnPath('go', env.PATH)
  if (go === undefined) return { why: 'PATH has no go to install one with' }
  say(`installing kustomize ${PINNED} with ${go}; this is done once and takes a minute`)
  return attempt('go install', say, async () =>
    program(await installWithGo(go, env), PINNED, 'installed by go install'),
  )
}

const release: Finder = async (env, say) => {
  const archive = pinnedArchive(process.platform, process.arch)
  if (archive === undefined) return { why: `no release is pinned for ${process.platform} on ${process.arch}` }
  say(`downloading ${archive.url}; this is done once`)
  return attempt(archive.url, say, async () =>
    program(await installFromRelease(archive, env), PINNED, 'downloaded, checksum verified'),
  )
}

const kubectl: Finder = async (env, say) => {
  const path = findOnPath('kubectl', env.PATH)
  if (path === undefined) return { why: 'PATH has no kubectl' }
  const { stdout } = await run(path, ['version', '--client'], { env })
  const version = /^Kustomize Version: (\S+)/m.exec(stdout)?.[1]
  if (version !== undefined && isNewEnough(version))
    return {
      build: [path, 'kustomize', '--enable-alpha-plugins'],
      description: `kubectl kustomize ${version} (${path}, on PATH)`,
    }
  const why = `${path} carries kustomize ${version ?? 'of unknown version'}, expected ${OLDEST} or later`
  say(`not using ${why}`)
  return { why }
}

async function attempt(
  what: string,
  say: (line: string) => void,
  install: () => Promise<Kustomize>,
): Promise<Kustomize | NotFound> {
  try {
    return await install()
  } catch (cause) {
    const why = `${what} failed: ${(cause as Error).message}`
    say(why)
    return { why }
  }
}
