import { listAt, textAt } from '../kubernetes/fields.ts'
import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { digestOf, sha256 } from './canonical-json.ts'
import { isExactVersion } from './exact-version.ts'
import { chartUrlOf } from './source.ts'

/** What a HelmRelease installs. */
export interface Release {
  object: KubernetesObject
  /** The OCIRepository or HelmRepository that the chart comes from. */
  source: KubernetesObject
  /** Name and namespace of Helm's release, which charts build names from. */
  name: string
  namespace: string
  /** URL of the chart without its version, before it was mirrored: `oci://…`, or the repository's URL and the chart. */
  chart: string
  version: string
  /** Is its registry reached without TLS? */
  isInsecure: boolean
  /** Digest of the values in canonical JSON, with the texts that `valuesFrom` adds. */
  values: string
  /** Digest of each of `spec.values` by its key. */
  valuesByKey: Readonly<Record<string, string>>
  /** Where further values come from, in the order in which Helm merges them. */
  valuesFrom: readonly ValuesFrom[]
}

/** A source of values, with its text where a ConfigMap of the build has it. */
export interface ValuesFrom {
  kind: string
  name: string
  text: string | undefined
  /** One value alone, by its path. */
  targetPath: string | undefined
}

/** Why a HelmRelease cannot be looked up in a lock. */
export interface Unresolved {
  object: KubernetesObject
  field: string
  found: string
  expected: string
}

export const isHelmRelease = (object: { apiVersion: string; kind: string }): boolean =>
  isKind(object, 'helm.toolkit.fluxcd.io', 'HelmRelease')

/**
 * What a HelmRelease installs, its chart found among the objects of the build. `targetNamespace` is the namespace that the
 * Flux Kustomization gives objects that name none.
 * Source: https://fluxcd.io/flux/components/helm/helmreleases/
 */
export function releaseOf(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  targetNamespace: string | undefined,
): Release | Unresolved {
  const own = object.metadata.namespace ?? targetNamespace ?? ''
  const namespace = textAt(object, 'spec', 'targetNamespace') ?? own
  const target = textAt(object, 'spec', 'targetNamespace')
  const named = target === undefined ? object.metadata.name : `${target}-${object.metadata.name}`
  const chart = chartOf(object, own, objects, targetNamespace)
  if ('expected' in chart) return { object, ...chart }
  const values = valueAt(object, ['spec', 'values']) ?? {}
  const valuesFrom = [
    ...filesInChart(object),
    ...listAt(object, 'spec', 'valuesFrom').map((from) => valuesOf(from, own, objects, targetNamespace)),
  ]
  return {
    object,
    namespace,
    name: shortened(textAt(object, 'spec', 'releaseName') ?? named),
    ...chart,
    values: digestOf(valuesFrom.length === 0 ? values : [...valuesFrom.map(({ text: from }) => from ?? null), values]),
    valuesByKey: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, digestOf(value)])),
    valuesFrom,
  }
}

/** Values files of the chart itself, which replace its values.yaml and are in no manifest. */
function filesInChart(object: KubernetesObject): ValuesFrom[] {
  const files = valueAt(object, ['spec', 'chart', 'spec', 'valuesFiles'])
  return (Array.isArray(files) ? files : []).map((file) => ({
    kind: 'file',
    name: String(file),
    text: undefined,
    targetPath: undefined,
  }))
}

function valuesOf(
  { kind, name, valuesKey, targetPath }: Fields,
  own: string,
  objects: readonly KubernetesObject[],
  targetNamespace: string | undefined,
): ValuesFrom {
  const map = objects.find(
    (one) =>
      kind === 'ConfigMap' &&
      isKind(one, '', 'ConfigMap') &&
      one.metadata.name === name &&
      (one.metadata.namespace ?? targetNamespace ?? '') === own,
  )
  return {
    kind: String(kind),
    name: String(name),
    text: textAt(map, 'data', typeof valuesKey === 'string' ? valuesKey : 'values.yaml'),
    targetPath: typeof targetPath === 'string' ? targetPath : undefined,
  }
}

const LONGEST_NAME = 53

/**
 * A name that Helm accepts, as helm-controller shortens it: 40 characters and 12 of the hash.
 * Source: https://github.com/fluxcd/helm-controller/blob/main/internal/release/name.go
 */
const shortened = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 13)}-${sha256(name).slice(0, 12)}`

/** The source that the chart of a HelmRelease comes from, however it is pinned; undefined if the objects do not have it. */
export function chartSourceOf(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  targetNamespace: string | undefined,
): KubernetesObject | undefined {
  const own = object.metadata.namespace ?? targetNamespace ?? ''
  const reference = valueAt(object, ['spec', 'chartRef']) ?? valueAt(object, ['spec', 'chart', 'spec', 'sourceRef'])
  return isFields(reference) ? sourceFor(reference, own, objects, targetNamespace) : undefined
}

const sourceFor = (
  { kind, name, namespace }: Fields,
  own: string,
  objects: readonly KubernetesObject[],
  targetNamespace: string | undefined,
): KubernetesObject | undefined =>
  objects.find(
    (one) =>
      isKind(one, 'source.toolkit.fluxcd.io', String(kind)) &&
      one.metadata.name === name &&
      (one.metadata.namespace ?? targetNamespace ?? '') === (namespace ?? own),
  )

type Chart = Pick<Release, 'source' | 'chart' | 'version' | 'isInsecure'>

function chartOf(
  object: KubernetesObject,
  own: string,
  objects: readonly KubernetesObject[],
  targetNamespace: string | undefined,
): Chart | Omit<Unresolved, 'object'> {
  const reference = valueAt(object, ['spec', 'chartRef'])
  if (isFields(reference)) {
    const source = sourceFor(reference, own, objects, targetNamespace)
    const field = 'spec.chartRef'
    if (!source)
      return {
        field,
        found: `${reference.kind} ${reference.name}, which the build does not have`,
        expected: 'a source of this build, or of flux.sources',
      }
    if (!isKind(source, 'source.toolkit.fluxcd.io', 'OCIRepository'))
      return { field, found: String(reference.kind), expected: 'an OCIRepository, or spec.chart' }
    return pinned(
      source,
      chartUrlOf(source),
      textAt(source, 'spec', 'ref', 'tag') ?? textAt(source, 'spec', 'ref', 'semver'),
      `${field}: OCIRepository ${source.metadata.name}: spec.ref.tag`,
    )
  }
  const spec = valueAt(object, ['spec', 'chart', 'spec'])
  if (!isFields(spec)) return { field: 'spec', found: 'neither chart nor chartRef', expected: 'one of them' }
  const sourceRef = isFields(spec.sourceRef) ? spec.sourceRef : ({} as Fields)
  const { kind, name } = sourceRef
  const repository = sourceFor(sourceRef, own, objects, targetNamespace)
  if (!repository || kind !== 'HelmRepository')
    return {
      field: 'spec.chart.spec.sourceRef',
      found: `${kind} ${name}`,
      expected: 'a HelmRepository of this build, or of flux.sources',
    }
  const url = textAt(repository, 'spec', 'url')?.replace(/\/$/, '')
  return pinned(
    repository,
    url === undefined ? undefined : `${url}/${spec.chart}`,
    textAt(spec, 'version'),
    'spec.chart.spec.version',
  )
}

function pinned(
  source: KubernetesObject,
  chart: string | undefined,
  version: string | undefined,
  field: string,
): Chart | Omit<Unresolved, 'object'> {
  if (chart === undefined) return { field, found: 'a source without url', expected: 'the url of the chart' }
  if (version === undefined || !isExactVersion(version))
    return {
      field,
      found: version ?? 'nothing',
      expected: 'an exact version such as 1.2.3, because a range installs what no lock has seen',
    }
  return { source, chart, version, isInsecure: valueAt(source, ['spec', 'insecure']) === true }
}
