import { holdsChart, isHelmRepository, isOciRepository } from '../../functions/lib/charts/source.ts'
import { hasPlaceholder } from '../../functions/lib/kubernetes/image-reference.ts'
import { isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { editOf } from './edits.ts'
import { policyBehind } from './image-policies.ts'
import type { Installed, NotCompared, Origin, Pin, Place } from './pin.ts'
import { objectOf, type SourceDocument, scalarAt } from './source-files.ts'
import { tagOf, versionOfChart } from './versions.ts'

/** An object and the document that it is written in. */
interface Written {
  object: KubernetesObject
  document: SourceDocument
}

/** What a tree pins, and what has no version to compare. */
export interface Found {
  pins: Pin[]
  notCompared: NotCompared[]
}

const text = (object: unknown, path: readonly string[]): string | undefined => {
  const value = valueAt(object, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

const isHelmRelease = (object: KubernetesObject): boolean => isKind(object, 'helm.toolkit.fluxcd.io', 'HelmRelease')
const isHelmChart = (object: KubernetesObject): boolean => isKind(object, 'source.toolkit.fluxcd.io', 'HelmChart')

/** The charts, and other artifacts of Flux, that a tree pins. */
export function chartsIn(documents: readonly SourceDocument[]): Found {
  const written = documents.flatMap((document) => {
    const object = objectOf(document)
    return object ? [{ object, document }] : []
  })
  const tree = new ChartTree(written)
  const found = written.map((one) => (isOciRepository(one.object) ? tree.ofOciRepository(one) : tree.ofChartSpec(one)))
  return {
    pins: found.flatMap((one) => (one && 'pin' in one ? [one.pin] : [])),
    notCompared: found.flatMap((one) => (one && 'why' in one ? [one] : [])),
  }
}

class ChartTree {
  readonly #written: readonly Written[]

  constructor(written: readonly Written[]) {
    this.#written = written
  }

  ofOciRepository({ object, document }: Written): { pin: Pin } | NotCompared | undefined {
    const path = ['spec', 'ref', 'tag']
    const place = placeOf(document, path, ['spec', 'ref', 'digest'])
    // A range is no pin. A digest alone has no version. Other findings report both.
    const source = this.#complete(object, ['spec', 'url'])
    const url = text(source, ['spec', 'url'])?.replace(/\/$/, '')
    if (!place || url === undefined) return undefined
    const releases = this.#releasesOf(object)
    const isChart = releases.length > 0 || holdsChart(source, new Map())
    return this.#pin(isChart ? 'chart' : 'artifact', url, place, originOf(source, url), releases)
  }

  /** A HelmRelease or HelmChart that names its chart and version itself. */
  ofChartSpec({ object, document }: Written): { pin: Pin } | NotCompared | undefined {
    const at = isHelmRelease(object) ? ['spec', 'chart', 'spec'] : isHelmChart(object) ? ['spec'] : undefined
    const place = at && placeOf(document, [...at, 'version'])
    if (!at || !place) return undefined
    const release = this.#complete(object, [...at, 'sourceRef', 'name'])
    const chart = text(this.#complete(object, [...at, 'chart']), [...at, 'chart'])
    const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => text(release, [...at, 'sourceRef', key]))
    if (kind !== 'HelmRepository' || chart === undefined) return undefined
    const source = this.#find(isHelmRepository, name, namespace)
    const url = text(source, ['spec', 'url'])?.replace(/\/$/, '')
    if (!source || url === undefined)
      return { ...notCompared(place, chart), why: `no HelmRepository ${name} is in the tree` }
    const releases = isHelmRelease(object) ? [{ object: release, file: document.file, source }] : []
    const origin = url.startsWith('oci://')
      ? originOf(source, `${url}/${chart}`)
      : { kind: 'index' as const, url, chart }
    return this.#pin('chart', `${url}/${chart}`, place, origin, releases)
  }

  #pin(kind: Pin['kind'], name: string, place: Written & PlacedVersion, origin: Origin, releases: Installed[]) {
    const { version } = place
    if (hasPlaceholder(`${name}${version}`)) return { ...notCompared(place, version), why: 'a variable decides it' }
    if (!versionOfChart(version)) return { ...notCompared(place, version), why: 'no semantic version' }
    return { pin: { kind, name, origin, version, places: [place.place], releases } }
  }

  /** The HelmReleases that install the chart of an OCIRepository, as their files have them. */
  #releasesOf(source: KubernetesObject): Installed[] {
    return this.#written.flatMap(({ object, document }) => {
      const reference = ['spec', 'chartRef']
      const isIts =
        isHelmRelease(object) &&
        text(object, [...reference, 'kind']) === 'OCIRepository' &&
        text(object, [...reference, 'name']) === source.metadata.name &&
        isSameNamespace(text(object, [...reference, 'namespace']) ?? object.metadata.namespace, source)
      return isIts ? [{ object, file: document.file, source: this.#complete(source, ['spec', 'url']) }] : []
    })
  }

  /** A patch leaves out what the object that it patches has. */
  #complete(object: KubernetesObject, path: readonly string[]): KubernetesObject {
    if (text(object, path) !== undefined) return object
    const whole = this.#written.find(
      ({ object: one }) =>
        one.kind === object.kind && one.metadata.name === object.metadata.name && text(one, path) !== undefined,
    )
    return whole?.object ?? object
  }

  #find(
    isOfKind: (object: KubernetesObject) => boolean,
    name: string | undefined,
    namespace: string | undefined,
  ): KubernetesObject | undefined {
    const named = this.#written
      .map(({ object }) => object)
      .filter((one) => isOfKind(one) && one.metadata.name === name && text(one, ['spec', 'url']) !== undefined)
    return (
      named.find((one) => one.metadata.namespace === namespace) ?? named.find((one) => isSameNamespace(namespace, one))
    )
  }
}

/** A namespace that no file shows may be any, because Kustomize sets it. */
const isSameNamespace = (namespace: string | undefined, { metadata }: KubernetesObject): boolean =>
  namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace

const originOf = (source: KubernetesObject, url: string): Origin => ({
  kind: 'registry',
  repository: url.replace(/^oci:\/\//, ''),
  isPlain: valueAt(source, ['spec', 'insecure']) === true,
})

interface PlacedVersion {
  version: string
  place: Place
}

function placeOf(
  document: SourceDocument,
  path: readonly string[],
  digestPath: readonly string[] = [],
): (Written & PlacedVersion) | undefined {
  const object = objectOf(document)
  const scalar = scalarAt(document, path)
  if (!object || !scalar) return undefined
  const digest = digestPath.length > 0 ? scalarAt(document, digestPath) : undefined
  return {
    object,
    document,
    version: String(scalar.value),
    place: {
      document,
      field: path.join('.'),
      line: document.lineOf(scalar.range?.[0] ?? 0),
      edits: [
        editOf(scalar, document.text, (version) =>
          digestPath.length > 0 ? tagOf(version) : version.replace('_', '+'),
        ),
        ...(digest ? [editOf(digest, document.text, (_, now) => now ?? String(digest.value))] : []),
      ],
      hasDigest: digest !== undefined,
      isLock: false,
      policy: policyBehind(scalar),
    },
  }
}

const notCompared = ({ document, place }: Written & PlacedVersion, found: string) => ({
  file: document.file,
  line: place.line,
  found,
})
