import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { run } from '../process.ts'
import { type Archive, PINNED } from './pinned.ts'

/** Where the pinned Kustomize is kept between runs; undefined if this user has no folder for it. */
export function installedKustomize(env: NodeJS.ProcessEnv): string | undefined {
  const cache = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'))
  return cache && isAbsolute(cache) ? join(cache, 'krm-hardening', 'kustomize', PINNED, 'kustomize') : undefined
}

/** Builds the pinned version with Go. Throws an Error that says why it could not. */
export const installWithGo = (go: string, env: NodeJS.ProcessEnv): Promise<string> =>
  installInto(installedKustomize(env), async (folder) => {
    const { status, stderr } = await run(go, ['install', `sigs.k8s.io/kustomize/kustomize/v5@${PINNED}`], {
      env: { ...env, GOBIN: folder, GOFLAGS: '', CGO_ENABLED: '0' },
      cwd: folder,
    })
    if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `it ended with ${status}`)
  })

/** Downloads the pinned release and keeps it only if its checksum is the pinned one. Throws an Error that says why not. */
export const installFromRelease = (archive: Archive, env: NodeJS.ProcessEnv): Promise<string> =>
  installInto(installedKustomize(env), async (folder) => {
    const bytes = await download(archive.url)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (sha256 !== archive.sha256) throw new Error(`its sha256 is ${sha256}, expected ${archive.sha256}`)
    const file = join(folder, 'kustomize.tar.gz')
    writeFileSync(file, bytes)
    const { status, stderr } = await run('tar', ['-xzf', file, '-C', folder, 'kustomize'])
    if (status !== 0) throw new Error(`tar could not unpack it: ${stderr.trim()}`)
  })

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((cause: Error) => {
    throw new Error(cause.cause instanceof Error ? cause.cause.message : cause.message)
  })
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`)
  return Buffer.from(await response.arrayBuffer())
}

/** Makes the program in a folder of its own and moves it to its place whole, so that no other run sees half of it. */
async function installInto(target: string | undefined, make: (folder: string) => Promise<void>): Promise<string> {
  if (target === undefined) throw new Error('neither XDG_CACHE_HOME nor HOME says where to keep it')
  mkdirSync(dirname(target), { recursive: true })
  const folder = mkdtempSync(join(dirname(target), 'installing-'))
  try {
    await make(folder)
    renameSync(join(folder, 'kustomize'), target)
    return target
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
