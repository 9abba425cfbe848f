import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Release } from '../../../functions/lib/charts/release.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { Failure } from '../../exit-code.ts'
import { findOnPath } from '../../on-path.ts'
import { run } from '../../process.ts'
import { readObjects } from '../../read-objects.ts'

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

/** Renders the chart of a release. Throws Failure (2) if there is no helm, and Failure (1) with what helm said if it fails. */
export async function render(release: Release, kubernetes: string): Promise<Rendered> {
  const helm = findOnPath('helm', process.env.PATH)
  if (helm === undefined)
    throw new Failure(
      'no helm on PATH; install it (https://helm.sh/docs/intro/install/), or with Go: go install helm.sh/helm/v3/cmd/helm@v3.18.6',
    )
  const folder = mkdtempSync(join(tmpdir(), 'krm-hardening-helm-'))
  try {
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
      ...argsOf(release),
      '--kube-version',
      kubernetes,
      ...values,
    ])
    if (status !== 0) throw new Failure(`helm cannot render ${release.chart} ${release.version}:\n${stderr.trim()}`, 1)
    const version = await run(helm, ['version', '--short'])
    const crds = await run(helm, ['show', 'crds', ...chartArgsOf(release)])
    if (crds.status !== 0) throw new Failure(`helm cannot show the crds of ${release.chart}:\n${crds.stderr.trim()}`, 1)
    return {
      objects: readObjects(stdout, `${release.chart} ${release.version}`),
      crds: readObjects(crds.stdout, `crds of ${release.chart}`)
        .map(({ metadata }) => metadata.name)
        .sort(),
      digest: /Digest: (sha256:[a-f0-9]{64})/.exec(stderr)?.[1] ?? 'unknown',
      helm: version.stdout.trim().replace(/\+.*$/, ''),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Credentials are Helm's own: `helm registry login`, or what its repositories file says. */
const argsOf = (release: Release): string[] => [release.name, ...chartArgsOf(release), '--namespace', release.namespace]

function chartArgsOf({ chart, version, isInsecure }: Release): string[] {
  if (chart.startsWith('oci://')) return [chart, '--version', version, ...(isInsecure ? ['--plain-http'] : [])]
  const slash = chart.lastIndexOf('/')
  return [chart.slice(slash + 1), '--repo', chart.slice(0, slash), '--version', version]
}
