import { createHash } from 'node:crypto'
import { Failure, FINDINGS } from '../exit-code.ts'
import { findOnPath } from '../on-path.ts'
import { run } from '../process.ts'

/** A program that asks registries, with the credentials that its user has given it. */
interface Client {
  program: string
  args(reference: string): string[]
  /** The digest of what the reference names, the index where there is one for several platforms. */
  digest(stdout: string): string
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
  },
]

const AT_ONCE = 4

/**
 * What each reference names in its registry now: its digest. Throws Failure (2) where no program that asks registries is on
 * PATH, and Failure (1) that lists the references for which none was answered.
 */
export async function digestsOf(references: readonly string[]): Promise<Map<string, string>> {
  const client = findClient(process.env.PATH)
  const digests = new Map<string, string>()
  const problems: string[] = []
  for (let start = 0; start < references.length; start += AT_ONCE)
    await Promise.all(
      references.slice(start, start + AT_ONCE).map(async (reference) => {
        const { stdout, stderr, status } = await run(client.program, client.args(reference))
        const digest = status === 0 ? client.digest(stdout) : ''
        if (/^sha256:[a-f0-9]{64}$/.test(digest)) digests.set(reference, digest)
        else problems.push(`${reference}: ${stderr.trim() || `${client.program} answered ${JSON.stringify(stdout)}`}`)
      }),
    )
  if (problems.length === 0) return digests
  throw new Failure(`${client.program} found no digest; nothing was written\n${problems.sort().join('\n')}`, FINDINGS)
}

function findClient(path: string | undefined): Client {
  const client = CLIENTS.find(({ program }) => findOnPath(program, path))
  if (client) return client
  const names = CLIENTS.map(({ program }) => program).join(', ')
  throw new Failure(`no program that asks registries on PATH; expected one of ${names} (with buildx)`)
}
