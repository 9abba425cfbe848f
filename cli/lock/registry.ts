import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { Failure, FINDINGS } from '../exit-code.ts'
import { findOnPath } from '../on-path.ts'
import { run } from '../process.ts'

/** A program that asks registries, with the credentials of its user. */
interface Client {
  program: string
  args(reference: string): string[]
  /** The digest of what the reference names: of the index, for an image of several platforms. */
  digest(stdout: string): string
  /** A plugin that the program needs, with the arguments that succeed if it is there. */
  needs?: { plugin: string; probe: string[] }
}

const printed = (stdout: string): string => stdout.trim()

const CLIENTS: readonly Client[] = [
  {
    program: 'skopeo',
    args: (reference) => ['inspect', '--raw', `docker://${reference}`],
    // Without --raw it lists every tag of the repository first. A digest is that of the bytes:
    // https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
    digest: (manifest) => `sha256:${createHash('sha256').update(manifest).digest('hex')}`,
  },
  { program: 'crane', args: (reference) => ['digest', reference], digest: printed },
  {
    program: 'docker',
    args: (reference) => ['buildx', 'imagetools', 'inspect', '--format', '{{.Manifest.Digest}}', reference],
    digest: printed,
    needs: { plugin: 'buildx', probe: ['buildx', 'version'] },
  },
]

const AT_ONCE = 4

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
        const { stdout, stderr, status } = await run(client.program, client.args(reference))
        const digest = status === 0 ? client.digest(stdout) : ''
        if (/^sha256:[a-f0-9]{64}$/.test(digest)) digests.set(reference, digest)
        else problems.push(`${reference}: ${stderr.trim() || `${client.program} answered ${JSON.stringify(stdout)}`}`)
      }),
    ),
  )
  if (problems.length === 0) return digests
  throw new Failure(`${client.program} found no digest; nothing was written\n${problems.sort().join('\n')}`, FINDINGS)
}

async function findClient(path: string | undefined): Promise<Client> {
  const lacking: string[] = []
  for (const client of CLIENTS) {
    if (findOnPath(client.program, path) === undefined) continue
    const { needs } = client
    if (!needs || (await run(client.program, needs.probe)).status === 0) return client
    lacking.push(`${client.program} is on PATH without its plugin ${needs.plugin}, which asks registries`)
  }
  const names = CLIENTS.map(({ program }) => program).join(', ')
  throw new Failure(
    [...lacking, `no program that asks registries on PATH; expected one of ${names} (with buildx)`].join('; '),
  )
}
