import { isHelmRelease } from '../../../functions/lib/charts/release.ts'
import { holdsChart, isHelmRepository, isOciRepository } from '../../../functions/lib/charts/source.ts'
import { textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { hasPlaceholder } from '../../../functions/lib/kubernetes/image-reference.ts'
import { formatPath, isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { A_DIGEST, A_TEMPLATE, A_VARIABLE, type NotCompared, namedAt } from '../tree/not-compared.ts'
import type { Builds } from '../tree/overrides.ts'
import { isTemplated } from '../tree/resource-sets/fill-in.ts'
import { isResourceSet, madeIn, unreadResourceSet } from '../tree/resource-sets/resource-sets.ts'
import { type SourceDocument, scalarAt } from '../tree/source-files.ts'
import type { Variables } from '../tree/variables.ts'
import { isHelmChart, type Written, writtenIn } from '../tree/written.ts'
import type { Origin } from '../versions/origins.ts'
import { versionOfChart } from '../versions/versions.ts'
import { type HelmChart, helmChartsIn } from './helm-charts.ts'
import type { ImageRules } from './image-policies.ts'
import { A_RANGE, isRange, ofFluxInstance, ofGitRepository, ofInputProvider } from './never-compared.ts'
import type { Installed, Pin } from './pin.ts'
import { notCompared, type PlacedVersion, placed, placeOf } from './placed-version.ts'

/** What a tree pins, and what has no version to compare. */
export interface Found {
  pins: Pin[]
  notCompared: NotCompared[]
}

type OneFound = { pin: Pin } | NotCompared

/** The files of a tree, and how they come to a cluster. */
export interface Tree {
  documents: readonly SourceDocument[]
  builds: Builds
  variables: Variables
}

/** The charts, and other artifacts of Flux, that a tree pins. */
export function chartsIn(tree: Tree, rules: ImageRules): Found {
  const charts = new ChartTree(tree, rules)
  const found = [
    ...charts.written.flatMap((one) => charts.of(one)),
    ...tree.documents.flatMap((one) => charts.ofHelmCharts(one)),
  ]
  return {
    pins: found.flatMap((one) => ('pin' in one ? [one.pin] : [])),
    notCompared: found.flatMap((one) => ('why' in one ? [one] : [])),
  }
}

const TAG = ['spec', 'ref', 'tag']
const DIGEST = ['spec', 'ref', 'digest']
const RANGE = ['spec', 'ref', 'semver']

class ChartTree {
  readonly written: readonly Written[]
  readonly #documents: readonly SourceDocument[]
  readonly #builds: Builds
  readonly #variables: Variables
  readonly #rules: ImageRules

  constructor({ documents, builds, variables }: Tree, rules: ImageRules) {
    this.#builds = builds
    this.#documents = documents
    this.written = [...writtenIn(documents, builds), ...madeIn(documents)]
    this.#variables = variables
    this.#rules = rules
  }

  of(written: Written): OneFound[] {
    const { object } = written
    if (isOciRepository(object)) return this.#ofOciRepository(written)
    if (isHelmRelease(object)) return this.#ofChartSpec(written, ['spec', 'chart', 'spec'])
    if (isHelmChart(object)) return this.#ofChartSpec(written, ['spec'])
    if (isResourceSet(object)) return unreadResourceSet(written.document, this.#documents)
    if (isKind(object, 'fluxcd.controlplane.io', 'FluxInstance')) return ofFluxInstance(written)
    if (isKind(object, 'fluxcd.controlplane.io', 'ResourceSetInputProvider')) return ofInputProvider(written)
    return isKind(object, 'source.toolkit.fluxcd.io', 'GitRepository') ? ofGitRepository(written) : []
  }

  #ofOciRepository(written: Written): OneFound[] {
    const { object } = written
    const place = placeOf(written, TAG, DIGEST)
    if (!place) return unversioned(written)
    if (this.#isOverridden(written, TAG)) return [{ ...notCompared(place), why: OVERRIDDEN }]
    const source = this.#complete(object, ['spec', 'url'])
    const url = textAt(source, 'spec', 'url')?.replace(/\/$/, '')
    if (url === undefined) return [{ ...notCompared(place), why: 'no url of the source is in the tree' }]
    const releases = this.#releasesOf(object)
    const isChart = releases.length > 0 || holdsChart(source, new Map())
    return this.#pin(isChart ? 'chart' : 'artifact', url, place, originOf(source, url), releases)
  }

  /** A HelmRelease or HelmChart that names its chart and version itself. */
  #ofChartSpec(written: Written, at: readonly string[]): OneFound[] {
    const { object, document } = written
    const place = placeOf(written, [...at, 'version'])
    if (!place) return this.#withoutVersion(written, at)
    if (this.#isOverridden(written, [...at, 'version'])) return [{ ...notCompared(place), why: OVERRIDDEN }]
    const release = this.#complete(object, [...at, 'sourceRef', 'name'])
    const chart = textAt(this.#complete(object, [...at, 'chart']), ...at, 'chart')
    const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => textAt(release, ...at, 'sourceRef', key))
    if (kind !== 'HelmRepository' || chart === undefined) return []
    const source = this.#find(isHelmRepository, name, namespace)
    const url = textAt(source, 'spec', 'url')?.replace(/\/$/, '')
    if (!source || url === undefined)
      return [{ ...notCompared(place), found: chart, why: `no HelmRepository ${name} is in the tree` }]
    const releases = isHelmRelease(object) ? [{ object: release, file: document.file, source }] : []
    return this.#pin('chart', `${url}/${chart}`, place, originIn(source, url, chart), releases)
  }

  ofHelmCharts(document: SourceDocument): OneFound[] {
    return helmChartsIn(document).flatMap((one) => this.#ofHelmChart(document, one))
  }

  #ofHelmChart(document: SourceDocument, { path, url, chart, installed }: HelmChart): OneFound[] {
    const place = placeOf({ document, at: (field) => scalarAt(document, field) }, path)
    // A chart in a folder of the tree has no version of its own to move.
    if (url === undefined) return []
    if (!place) {
      const field = formatPath(path.slice(0, -1))
      return [{ file: document.file, line: 1, found: `${chart} in ${field}`, why: NO_VERSION }]
    }
    return this.#pin('chart', `${url}/${chart}`, place, originIn(installed.source, url, chart), [installed])
  }

  #pin(kind: Pin['kind'], name: string, place: PlacedVersion, origin: Origin, releases: Installed[]): OneFound[] {
    const { version } = place
    if (isTemplated(`${name}${version}`)) return [{ ...notCompared(place), why: A_TEMPLATE }]
    if (hasPlaceholder(`${name}${version}`)) {
      const decided =
        hasPlaceholder(name) || place.place.hasDigest ? [] : this.#variables.decide(place.document, place.value)
      return decided.length === 0
        ? [{ ...notCompared(place), why: A_VARIABLE }]
        : decided.flatMap((one) => this.#pin(kind, name, placed(one, place), origin, releases))
    }
    if (!versionOfChart(version) && !this.#rules.orders(place.place.policy, version))
      return [{ ...notCompared(place), why: isRange(version) ? A_RANGE : 'no semantic version' }]
    return [{ pin: { kind, name, origin, version, places: [place.place], releases } }]
  }

  /** A chart of a HelmRepository whose version nothing sets. */
  #withoutVersion({ object, document, at, patchedBy }: Written, path: readonly string[]): NotCompared[] {
    const chart = patchedBy === undefined ? at([...path, 'chart']) : undefined
    const isOfRepository = textAt(object, ...path, 'sourceRef', 'kind') === 'HelmRepository'
    const hasVersion = textAt(object, ...path, 'version') !== undefined
    if (!chart || hasVersion || !isOfRepository || this.#patchesOf(object, [...path, 'version']).length > 0) return []
    return [namedAt(document, chart, NO_VERSION)]
  }

  /** The HelmReleases that install the chart of an OCIRepository, as their files have them. */
  #releasesOf(source: KubernetesObject): Installed[] {
    const installed = this.written.flatMap(({ object, document, patchedBy }) => {
      const reference = ['spec', 'chartRef']
      const isIts =
        isHelmRelease(object) &&
        patchedBy === undefined &&
        textAt(object, ...reference, 'kind') === 'OCIRepository' &&
        textAt(object, ...reference, 'name') === source.metadata.name &&
        isSameNamespace(textAt(object, ...reference, 'namespace') ?? object.metadata.namespace, source)
      return isIts ? [{ object, file: document.file, source: this.#complete(source, ['spec', 'url']) }] : []
    })
    // A ResourceSet and its inputs have one object between them.
    return [...new Map(installed.map((one) => [one.object, one])).values()]
  }

  /** Is a field of an object set by a patch, wherever the object is built? */
  #isOverridden({ object, document, patchedBy }: Written, path: readonly string[]): boolean {
    if (patchedBy !== undefined) return false
    const by = this.#patchesOf(object, path)
    return by.length > 0 && this.#builds.isAlwaysPatched(document.file, by)
  }

  /** The folders of the kustomizations that set a field of an object. */
  #patchesOf(object: KubernetesObject, path: readonly string[]): string[] {
    return this.written.flatMap((patch) =>
      patch.patchedBy !== undefined && isSame(patch.object, object) && patch.at(path) ? [patch.patchedBy] : [],
    )
  }

  /** A patch leaves out what the object that it patches has. */
  #complete(object: KubernetesObject, path: readonly string[]): KubernetesObject {
    if (textAt(object, ...path) !== undefined) return object
    const whole = this.written.find(
      ({ object: one }) =>
        one.kind === object.kind && one.metadata.name === object.metadata.name && textAt(one, ...path) !== undefined,
    )
    return whole?.object ?? object
  }

  #find(
    isOfKind: (object: KubernetesObject) => boolean,
    name: string | undefined,
    namespace: string | undefined,
  ): KubernetesObject | undefined {
    const named = this.written
      .map(({ object }) => object)
      .filter((one) => isOfKind(one) && one.metadata.name === name && textAt(one, 'spec', 'url') !== undefined)
    return (
      named.find((one) => one.metadata.namespace === namespace) ?? named.find((one) => isSameNamespace(namespace, one))
    )
  }
}

const OVERRIDDEN = 'a patch sets it in every build'
const NO_VERSION = 'no version, so that the newest is taken'

const isSame = (patch: KubernetesObject, object: KubernetesObject): boolean =>
  patch.kind === object.kind &&
  patch.metadata.name === object.metadata.name &&
  isSameNamespace(patch.metadata.namespace, object)

/** An OCIRepository without a tag. Other findings report it too. */
function unversioned({ object, document, at }: Written): NotCompared[] {
  // It has one, in another document.
  if (textAt(object, ...TAG) !== undefined) return []
  const scalar = at(RANGE) ?? at(DIGEST)
  const isDigest = textAt(object, ...RANGE) === undefined
  return scalar ? [namedAt(document, scalar, isDigest ? A_DIGEST : A_RANGE)] : []
}

/** A namespace that no file shows may be any, because Kustomize sets it. */
const isSameNamespace = (namespace: string | undefined, { metadata }: KubernetesObject): boolean =>
  namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace

const originOf = (source: KubernetesObject, url: string): Origin => ({
  kind: 'registry',
  repository: url.replace(/^oci:\/\//, ''),
  isPlain: valueAt(source, ['spec', 'insecure']) === true,
})

const originIn = (source: KubernetesObject, url: string, chart: string): Origin =>
  url.startsWith('oci://') ? originOf(source, `${url}/${chart}`) : { kind: 'index', url, chart }
