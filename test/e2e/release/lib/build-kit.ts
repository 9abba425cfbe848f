import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../../support/eventually.ts'
import { builtInModule, builtWithGo } from '../../../support/programs.ts'
import { root } from '../../../support/stacks.ts'

/** The version that the release workflow runs. */
const BUILDKIT = /moby\/buildkit:(v[\d.]+)@/.exec(
  readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8'),
)?.[1]
const BUILDX = 'v0.37.1'
const WHY = 'A release is tested in the real BuildKit'

/** The real BuildKit and the buildx that asks it, with state of their own. It takes root, and runc. */
export interface BuildKit {
  /** `buildx ARGS` at the top of the repository; gives stdout. Throws with what it says where it fails. */
  buildx(args: readonly string[], options?: { env?: Record<string, string>; input?: string }): string
  stop(): Promise<void>
}

/** Throws with its log where it does not listen within two minutes. */
export async function startBuildKit(): Promise<BuildKit> {
  if (BUILDKIT === undefined) throw new Error('release.yaml: expected moby/buildkit of a version')
  const daemon = builtInModule('github.com/moby/buildkit', 'buildkitd', BUILDKIT, WHY)
  const client = builtWithGo('github.com/docker/buildx/cmd/buildx', BUILDX, WHY)
  const folder = mkdtempSync(join(tmpdir(), 'buildkit-'))
  const socket = join(folder, 'socket')
  const log = join(folder, 'log')
  // With the network of this machine, by which npm reaches its registry.
  const flags = ['--root', join(folder, 'state'), '--addr', `unix://${socket}`, '--oci-worker-net=host']
  const server = spawn(daemon, flags, { stdio: ['ignore', 'ignore', openSync(log, 'w')] })
  const ended = once(server, 'exit')
  const buildx: BuildKit['buildx'] = (args, { env = {}, input = '' } = {}) =>
    execFileSync(client, args, {
      cwd: root,
      env: { ...process.env, BUILDX_CONFIG: join(folder, 'buildx'), ...env },
      input,
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 64 << 20,
    })
  const isUp = await eventually(
    () => existsSync(socket),
    (answer) => answer || server.exitCode !== null,
  )
  if (!isUp) {
    server.kill()
    throw new Error(
      `buildkitd does not listen; it takes root, and the Debian package runc: ${readFileSync(log, 'utf8')}`,
    )
  }
  buildx(['create', '--use', '--driver=remote', `unix://${socket}`])
  return {
    buildx,
    async stop() {
      server.kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
