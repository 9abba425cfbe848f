import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Release } from '../../../functions/lib/charts/release.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { Failure, FINDINGS } from '../../exit-code.ts'
import { findOnPath } from '../../on-path.ts'
import { run } from '../../process.ts'
import { readObjects } from '../../read-objects.ts'

/** The cluster that a chart is rendered for. */
export interface Capabilities {
  /** Version of Kubernetes. */
  kubernetes: string
  /** API versions beyond Kubernetes' own, such as `monitoring.coreos.com/v1`, for charts that ask. */
  apiVersions: readonly string[]
}

/** What Helm renders for a release. */
export interface Rendered {
  objects: KubernetesObject[]
  /** Names of the definitions in the chart's crds folder, sorted. */
  crds: string[]
  /** Digest of the chart in its registry; `unknown` for a repository, which has none. */
  digest: string
  /** Version of Helm. */
  helm: string
}

/** A version of a chart on this machine, until this program ends. */
export interface PulledChart {
  /** Absolute path of its archive. */
  archive: string
  /** As in Rendered. */
  digest: string
}

const pulled = new Map<string, Promise<PulledChart>>()

/** Pulls the chart of a release once. Throws Failure (2) if there is no helm, and Failure (1) with what helm said if it fails. */
export function pullChart(release: Release): Promise<PulledChart> {
  const key = `${release.chart} ${release.version}`
  const chart = pulled.get(key) ?? pull(release)
  pulled.set(key, chart)
  return chart
}

async function pull(release: Release): Promise<PulledChart> {
  const folder = privateFolder()
  const { stdout, stderr, status } = await run(requireHelm(), [
    'pull',
    ...chartArgsOf(release),
    '--destination',
    folder,
  ])
  if (status !== 0)
    throw new Failure(`helm cannot pull ${release.chart} ${release.version}:\n${stderr.trim()}`, FINDINGS)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (archive === undefined)
    throw new Failure(`helm pulled no archive of ${release.chart} ${release.version}`, FINDINGS)
  const [, digest = 'unknown'] = /Digest: (sha256:[a-f0-9]{64})/.exec(stdout + stderr) ?? []
  return { archive: join(folder, archive), digest }
}

/** Renders the chart of a release. Throws as `pullChart`. */
export async function render(release: Release, { kubernetes, apiVersions }: Capabilities): Promise<Rendered> {
  const helm = requireHelm()
  const { archive, digest } = await pullChart(release)
  const folder = privateFolder()
  // Helm merges them as helm-controller does: each over the one before, spec.values over all.
  const own = JSON.stringify(valueAt(release.object, ['spec', 'values']) ?? {})
  const texts = [...release.valuesFrom.flatMap(({ text }) => text ?? []), own]
  const values = texts.flatMap((text, index) => {
    const file = join(folder, `values-${index}.yaml`)
    writeFileSync(file, text)
    return ['--values', file]
  })
  const { stdout, stderr, status } = await run(helm, [
    'template',
    release.name,
    archive,
    '--namespace',
    release.namespace,
    '--kube-version',
    kubernetes,
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...values,
  ])
  if (status !== 0)
    throw new Failure(`helm cannot render ${release.chart} ${release.version}:\n${stderr.trim()}`, FINDINGS)
  const version = await run(helm, ['version', '--short'])
  const crds = await run(helm, ['show', 'crds', archive])
  if (crds.status !== 0)
    throw new Failure(`helm cannot show the crds of ${release.chart}:\n${crds.stderr.trim()}`, FINDINGS)
  return {
    objects: readObjects(stdout, `${release.chart} ${release.version}`),
    crds: readObjects(crds.stdout, `crds of ${release.chart}`)
      .map(({ metadata }) => metadata.name)
      .sort(),
    digest,
    helm: version.stdout.trim().replace(/\+.*$/, ''),
  }
}

function requireHelm(): string {
  const helm = findOnPath('helm', process.env.PATH)
  if (helm !== undefined) return helm
  throw new Failure(
    'no helm on PATH; install it (https://helm.sh/docs/intro/install/), or with Go: go install helm.sh/helm/v3/cmd/helm@v3.18.6',
  )
}

let root: string | undefined

/** A folder of its own, removed when this program ends. */
function privateFolder(): string {
  root ??= rootFolder()
  return mkdtempSync(join(root, 'helm-'))
}

function rootFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'krm-hardening-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Credentials are Helm's own: those of `helm registry login`, or none. */
function chartArgsOf({ chart, version, isInsecure }: Release): string[] {
  if (chart.startsWith('oci://')) return [chart, '--version', version, ...(isInsecure ? ['--plain-http'] : [])]
  const slash = chart.lastIndexOf('/')
  return [chart.slice(slash + 1), '--repo', chart.slice(0, slash), '--version', version]
}
