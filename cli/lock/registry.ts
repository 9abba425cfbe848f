import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { Failure, FINDINGS } from '../exit-code.ts'
import { findOnPath } from '../on-path.ts'
import { run } from '../process.ts'
import { tagsByApi } from './registry-api.ts'

/** A program that asks registries, with the credentials of its user. */
interface Client {
  program: string
  args(reference: string): string[]
  /** The digest of what the reference names: of the index, for an image of several platforms. */
  digest(stdout: string): string
  /** How it lists the tags of a repository; docker has no command for it, so the registry is asked with its credentials. */
  tags: { args(repository: string): string[]; read(stdout: string): string[] } | 'by the API'
  /** Flags behind the subcommand, for a registry without TLS. */
  plain: string[]
  /** A plugin that the program needs, with the arguments that succeed if it is there. */
  needs?: { plugin: string; probe: string[] }
}

/** A client on PATH. */
interface FoundClient extends Client {
  /** Absolute path of its program. */
  path: string
}

const printed = (stdout: string): string => stdout.trim()

const CLIENTS: readonly Client[] = [
  {
    program: 'skopeo',
    args: (reference) => ['inspect', '--raw', `docker://${reference}`],
    // Without --raw it lists every tag of the repository first. A digest is that of the bytes:
    // https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
    digest: (manifest) => `sha256:${createHash('sha256').update(manifest).digest('hex')}`,
    tags: {
      args: (repository) => ['list-tags', '--command-timeout=1m', `docker://${repository}`],
      read: (stdout) => (JSON.parse(stdout) as { Tags: string[] }).Tags,
    },
    plain: ['--tls-verify=false'],
  },
  {
    program: 'crane',
    args: (reference) => ['digest', reference],
    digest: printed,
    tags: {
      args: (repository) => ['ls', repository],
      read: (stdout) => stdout.split('\n').filter((tag) => tag !== ''),
    },
    plain: ['--insecure'],
  },
  {
    program: 'docker',
    args: (reference) => ['buildx', 'imagetools', 'inspect', '--format', '{{.Manifest.Digest}}', reference],
    digest: printed,
    tags: 'by the API',
    plain: [],
    needs: { plugin: 'buildx', probe: ['buildx', 'version'] },
  },
]

/** How many registries are asked at once. */
export const AT_ONCE = 4

/**
 * The digest that each reference has in its registry now. Throws Failure (2) if no program that asks registries is on PATH,
 * and Failure (1) that lists the references without an answer.
 */
export async function digestsOf(references: readonly string[]): Promise<Map<string, string>> {
  const client = await findClient(process.env.PATH)
  const digests = new Map<string, string>()
  const problems: string[] = []
  const inTurn = pLimit(AT_ONCE)
  await Promise.all(
    references.map((reference) =>
      inTurn(async () => {
        const answer = await digestFrom(client, reference, false)
        if (answer.startsWith('sha256:')) digests.set(reference, answer)
        else problems.push(`${reference}: ${answer}`)
      }),
    ),
  )
  if (problems.length === 0) return digests
  throw new Failure(`${client.program} found no digest; nothing was written\n${problems.sort().join('\n')}`, FINDINGS)
}

/** The digest, or why there is none. */
async function digestFrom(client: FoundClient, reference: string, isPlain: boolean): Promise<string> {
  const [subcommand = '', ...args] = client.args(reference)
  const { stdout, stderr, status } = await run(client.path, [subcommand, ...(isPlain ? client.plain : []), ...args])
  const digest = status === 0 ? client.digest(stdout) : ''
  if (/^sha256:[a-f0-9]{64}$/.test(digest)) return digest
  return stderr.trim() || `${client.program} answered ${JSON.stringify(stdout)}`
}

/** The digest that one reference has now. Throws Failure (2) if no program that asks registries is on PATH, and Failure (1) without an answer. */
export async function digestOf(reference: string, isPlain: boolean): Promise<string> {
  const answer = await digestFrom(await findClient(process.env.PATH), reference, isPlain)
  if (answer.startsWith('sha256:')) return answer
  throw new Failure(answer, FINDINGS)
}

/**
 * The tags of a repository, unsorted. Throws Failure (2) if no program that asks registries is on PATH, and Failure (1) with what
 * the program or the registry said if there is no answer.
 */
export async function tagsOf(repository: string, isPlain: boolean): Promise<string[]> {
  const { program, path, tags, plain } = await findClient(process.env.PATH, true)
  if (tags === 'by the API') return tagsByApi(repository, isPlain)
  const [subcommand = '', ...args] = tags.args(repository)
  const { stdout, stderr, status } = await run(path, [subcommand, ...(isPlain ? plain : []), ...args])
  if (status !== 0) throw new Failure(saidIn(stderr) || `${program} ended with ${status}`, FINDINGS)
  try {
    return tags.read(stdout)
  } catch (cause) {
    throw new Failure(`${program} answered ${JSON.stringify(stdout.slice(0, 80))}`, FINDINGS, { cause })
  }
}

/** What a program says, without the time and level that skopeo puts around it. */
function saidIn(stderr: string): string {
  const [, message] = /^time=\S+ level=\w+ msg=("(?:\\.|[^"\\])*")$/m.exec(stderr.trim()) ?? []
  return message === undefined ? stderr.trim() : String(JSON.parse(message))
}

/** Tags need no plugin. */
async function findClient(path: string | undefined, isForTags = false): Promise<FoundClient> {
  const lacking: string[] = []
  for (const client of CLIENTS) {
    const found = findOnPath(client.program, path)
    if (found === undefined) continue
    const { needs } = client
    if (!needs || isForTags || (await run(found, needs.probe)).status === 0) return { ...client, path: found }
    lacking.push(`${client.program} is on PATH without its plugin ${needs.plugin}, which asks registries`)
  }
  const names = CLIENTS.map(({ program, needs }) => (needs ? `${program} (with ${needs.plugin})` : program)).join(', ')
  throw new Failure([...lacking, `no program that asks registries on PATH; expected one of ${names}`].join('; '))
}
