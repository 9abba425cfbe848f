import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findOnPath } from '../../cli/on-path.ts'
import { splitName } from '../../functions/lib/kubernetes/image-reference.ts'
import { eventually } from './eventually.ts'

/** A registry on loopback, of Debian's package docker-registry. */
export interface Registry {
  /** `127.0.0.1:PORT`. It speaks plain HTTP. */
  address: string
  /** For programs that read registries.conf: every image of `hosts` is found here. */
  env: { HOME: string }
  /** Puts an image there under its tag, latest where it has none. Gives its digest, another one for other `content`. */
  put(reference: string, content: string): Promise<string>
  stop(): Promise<void>
}

const INDEX = 'application/vnd.oci.image.index.v1+json'

/** Starts a registry that stands in for the hosts. Throws where no docker-registry is on PATH. */
export async function startRegistry(hosts: readonly string[]): Promise<Registry> {
  const program = findOnPath('docker-registry', process.env.PATH)
  if (!program) throw new Error('docker-registry is not on PATH; install the Debian package docker-registry')
  const folder = mkdtempSync(join(tmpdir(), 'test-registry-'))
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    return join(folder, path)
  }
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: '127.0.0.1:0' },
  }
  // To a file: nobody reads a pipe while a test waits for a program, and the registry would wait for its log.
  const log = join(folder, 'log')
  const server = spawn(program, ['serve', write('registry.json', JSON.stringify(configuration))], {
    stdio: ['ignore', 'ignore', openSync(log, 'w')],
  })
  const ended = once(server, 'close')
  const isOver = (): boolean => server.exitCode !== null || addressIn(log) !== undefined
  await eventually(isOver, Boolean)
  const address = addressIn(log)
  if (address === undefined) throw new Error(`the registry ended before it listened:\n${readFileSync(log, 'utf8')}`)
  write(
    '.config/containers/registries.conf',
    hosts.map((host) => `[[registry]]\nprefix = "${host}"\nlocation = "${address}"\ninsecure = true\n`).join(''),
  )
  return {
    address,
    env: { HOME: folder },
    put: (reference, content) => put(`http://${address}`, reference, content),
    async stop() {
      server.kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function put(registry: string, reference: string, content: string): Promise<string> {
  const [, name = '', tag = 'latest'] = /^(.+?)(?::([^/:]+))?$/.exec(reference) ?? []
  const { path } = splitName(name)
  // docker.io adds this path to names that have none.
  const repository = path.includes('/') ? path : `library/${path}`
  const manifest = { schemaVersion: 2, mediaType: INDEX, manifests: [], annotations: { content } }
  const answer = await fetch(`${registry}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'Content-Type': INDEX },
    body: JSON.stringify(manifest),
  })
  const digest = answer.headers.get('Docker-Content-Digest')
  if (answer.status !== 201 || digest === null)
    throw new Error(`the registry answers ${answer.status} for ${reference}: ${await answer.text()}`)
  return digest
}

/** Its address, which it writes to its log: the system chose the port. */
const addressIn = (log: string): string | undefined =>
  /listening on (127\.0\.0\.1:\d+)/.exec(readFileSync(log, 'utf8'))?.[1]
