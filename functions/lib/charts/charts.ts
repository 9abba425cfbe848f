import { isDeepStrictEqual } from 'node:util'
import { copyOf } from '../exact-integer.ts'
import { parseConfig } from '../framework/config.ts'
import type { Finding } from '../framework/finding.ts'
import { InputError } from '../framework/input-error.ts'
import { describe, type Fields, groupOf, identity, type KubernetesObject } from '../kubernetes/objects.ts'
import { podTemplateOf } from '../kubernetes/pod-template.ts'
import { isClusterScoped } from '../kubernetes/scope.ts'
import { type ChartLock, chartLockSchema, isChartLock, isIntact, isLockOf, UNKNOWN } from './chart-lock.ts'
import type { FluxSpec } from './config.ts'
import { charts } from './findings.ts'
import { applyPatch, patchOf } from './json-patch.ts'
import { literalPasswords, literalPasswordsIn } from './literal-passwords.ts'
import { hasOwnEntries, managedIndex, managedPatches, Targets, writeManagedEntry } from './post-renderer.ts'
import { chartSourceOf, isHelmRelease, type Release, releaseOf } from './release.ts'
import { rootInitContainers } from './root-init-containers.ts'
import { type ChartSources, isHelmRepository, isOciRepository, sourcesElsewhere } from './source.ts'

/** A release of the build, with the objects that its chart renders as functions see them. */
interface Expanded {
  release: Release
  lock: ChartLock
  /** As the chart renders them. */
  rendered: KubernetesObject[]
  /** The private copies that functions edit. */
  objects: KubernetesObject[]
}

/** The objects that the HelmReleases of a build install, for functions to work on like any others. */
export class Charts {
  readonly #expanded: readonly Expanded[]
  readonly #unlocked: readonly KubernetesObject[]
  readonly #unlockedSources: readonly KubernetesObject[]
  readonly #flux: FluxSpec

  private constructor(
    expanded: readonly Expanded[],
    unlocked: readonly KubernetesObject[],
    unlockedSources: readonly KubernetesObject[],
    flux: FluxSpec,
  ) {
    this.#expanded = expanded
    this.#unlocked = unlocked
    this.#unlockedSources = unlockedSources
    this.#flux = flux
  }

  /**
   * Expands the locks of a build. Throws InputError for a HelmRelease without a lock that fits it, and for a lock or a
   * managed entry that was edited by hand.
   */
  static of(build: readonly KubernetesObject[], flux: FluxSpec): Charts {
    const releases = build.filter(isHelmRelease)
    const isUnlocked = ({ metadata }: KubernetesObject): boolean => flux.unlocked?.[metadata.name] !== undefined
    const locks = releases.length === 0 ? [] : build.filter(isChartLock).map(readLock)
    const problems: Finding[] = []
    const known = [...build, ...sourcesElsewhere(flux)]
    const expanded = releases
      .filter((object) => !isUnlocked(object))
      .flatMap((object) => expand(object, known, locks, flux, problems) ?? [])
    if (problems.length > 0) throw new InputError(problems)
    const unlocked = releases.filter(isUnlocked)
    const unlockedSources = unlocked.flatMap((object) => chartSourceOf(object, build, flux.targetNamespace) ?? [])
    return new Charts(expanded, unlocked, unlockedSources, flux)
  }

  /** The HelmReleases whose pods are hardened, and their locks: functions see what they install in their place. */
  get replaced(): KubernetesObject[] {
    return this.#expanded.flatMap(({ release, lock }) => [release.object, lock.object])
  }

  /** Where charts come from, with the digests that their locks know. */
  get sources(): ChartSources {
    return new Map([
      ...this.#unlockedSources.map((source) => [source, undefined] as const),
      ...this.#expanded.map(
        ({ release: { source }, lock: { chart } }) =>
          [source, chart.digest === UNKNOWN ? undefined : chart.digest] as const,
      ),
    ])
  }

  /** What the charts install. */
  get objects(): KubernetesObject[] {
    return this.#expanded.flatMap(({ objects }) => objects)
  }

  /** Objects that functions see and nothing can change: hooks that no post-renderer reaches. */
  get unreached(): KubernetesObject[] {
    return this.#expanded.flatMap(({ rendered, objects }) =>
      objects.filter((_, index) => {
        const before = rendered[index]
        return before !== undefined && !this.#isReached(before)
      }),
    )
  }

  /** Writes what functions changed into the managed post-renderer of each HelmRelease. */
  writeBack(): void {
    for (const { release, lock, rendered, objects } of this.#expanded) {
      const targets = new Targets(lock.objects)
      const patches = lock.objects.flatMap((object, index) => {
        const [before, after] = [rendered[index], objects[index]]
        const operations = before && after ? patchOf(before, after) : []
        return operations.length > 0 ? [{ target: targets.of(object), operations }] : []
      })
      writeManagedEntry(release.object, patches)
      if (patches.length > 0 && this.#reachesHooks && rendered.some(isHook))
        (release.object.spec as Fields).postRenderStrategy = 'combined'
    }
  }

  /** What no post-renderer can do. */
  get findings(): Finding[] {
    return [
      ...this.#unlocked.map((object) =>
        charts.unlocked({ object }, this.#flux.unlocked?.[object.metadata.name]?.reason ?? ''),
      ),
      ...this.#ofExpanded(),
    ]
  }

  #ofExpanded(): Finding[] {
    return this.#expanded.flatMap(({ release: { object, valuesFrom }, lock: { crds = [] }, rendered }) => [
      ...(hasOwnEntries(object)
        ? [charts['own-post-renderer']({ object, field: { path: 'spec.postRenderers' } })]
        : []),
      ...valuesFrom.flatMap(({ kind, name }) => {
        const reason = this.#flux.valuesFrom?.[name]?.reason
        return reason === undefined ? [] : [charts['values-from-allowed']({ object }, `${kind} ${name}`, reason)]
      }),
      ...literalPasswords(object).map((path) => charts['literal-password']({ object, field: { path } })),
      ...valuesFrom.flatMap(({ name, text = '' }) =>
        literalPasswordsIn(text).map((key) =>
          charts['literal-password-from']({ object, field: { path: 'spec.valuesFrom' } }, key, `ConfigMap ${name}`),
        ),
      ),
      ...rendered
        .filter((one) => isHook(one) && podTemplateOf(one) !== undefined && !this.#isReached(one))
        .map((hook) => charts['hook-not-reached']({ object }, describe(hook))),
      ...(crds.length > 0 ? [charts['crds-not-reached']({ object }, crds)] : []),
      ...rendered.flatMap((one) =>
        rootInitContainers(one).map((container) => charts['root-init-container']({ object }, container, describe(one))),
      ),
    ])
  }

  get #reachesHooks(): boolean {
    const [major = 0, minor = 0] = (this.#flux.version ?? '0').split('.').map(Number)
    return major > 2 || (major === 2 && minor >= 9)
  }

  #isReached(object: KubernetesObject): boolean {
    return !isHook(object) || this.#reachesHooks
  }
}

/** Is this one of the objects by which Flux installs charts? The runner always reads these. */
export const isOfCharts = (object: { apiVersion: string; kind: string }): boolean =>
  isHelmRelease(object) || isChartLock(object) || isOciRepository(object) || isHelmRepository(object)

/** Do values come from ConfigMaps, which the runner then has to read although no function may? */
export const takesValuesFrom = (text: string): boolean => text.includes('valuesFrom')

const isHook = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.['helm.sh/hook'] !== undefined

function readLock(object: KubernetesObject): ChartLock {
  const spec = parseConfig(chartLockSchema, object.spec ?? {}, `ChartLock ${object.metadata.name}: spec`)
  return { object, ...spec, objects: spec.objects as unknown as KubernetesObject[] }
}

function expand(
  object: KubernetesObject,
  build: readonly KubernetesObject[],
  locks: readonly ChartLock[],
  flux: FluxSpec,
  problems: Finding[],
): Expanded | undefined {
  const release = releaseOf(object, build, flux.targetNamespace)
  if ('expected' in release) {
    problems.push(
      charts['unresolved-chart']({ object, field: { path: release.field } }, release.found, release.expected),
    )
    return undefined
  }
  const lock = locks.find((one) => isLockOf(one.object, object))
  const found = lock ? misfits(release, lock, flux) : [noLock(release, locks)]
  if (managedIndex(object) === 'edited')
    found.push(charts['edited-entry']({ object, field: { path: 'spec.postRenderers' } }))
  problems.push(...found)
  if (!lock || found.length > 0) return undefined
  const rendered = lock.objects.map((one) => inNamespace(copyOf(one), release.namespace))
  return { release, lock, rendered, objects: hardenedBefore(object, lock, rendered) }
}

function noLock(release: Release, locks: readonly ChartLock[]): Finding {
  const near = locks.find(({ chart }) => chart.url === release.chart)
  return charts['no-lock'](
    { object: release.object },
    `release ${release.namespace}/${release.name}`,
    `${release.chart} ${release.version}`,
    near && `${near.chart.version} of release ${near.release.namespace}/${near.release.name}`,
  )
}

/** Every way in which a lock does not fit this release. */
function misfits(release: Release, lock: ChartLock, { valuesFrom = {} }: FluxSpec): Finding[] {
  const { object } = release
  const wanted = `${release.namespace}/${release.name}`
  const locked = `${lock.release.namespace}/${lock.release.name}`
  const twice = repeated(lock.objects)
  return [
    ...(lock.chart.url === release.chart ? [] : [charts['other-chart']({ object }, lock.chart.url, release.chart)]),
    ...(lock.chart.version === release.version
      ? []
      : [charts['other-version']({ object }, lock.chart.version, release.version)]),
    ...(locked === wanted ? [] : [charts['other-release']({ object }, locked, wanted)]),
    ...(lock.values === release.values
      ? []
      : [charts['other-values']({ object, field: { path: 'spec.values' } }, changedKeys(release, lock))]),
    ...(isIntact(lock) ? [] : [charts['edited-lock']({ object: lock.object, field: { path: 'spec.digest' } })]),
    ...(twice === undefined ? [] : [charts['duplicate-object']({ object }, describe(twice))]),
    ...release.valuesFrom
      .filter(({ name, text, targetPath }) => (text === undefined || targetPath !== undefined) && !valuesFrom[name])
      .map(({ kind, name, targetPath }) =>
        charts['values-from'](
          { object, field: { path: 'spec.valuesFrom' } },
          kind,
          targetPath === undefined ? name : `${name} for ${targetPath}`,
          kind === 'ConfigMap' && targetPath === undefined,
        ),
      ),
  ]
}

/** The first object that is there already. */
function repeated(objects: readonly KubernetesObject[]): KubernetesObject | undefined {
  const known = new Set<string>()
  return objects.find((object) => {
    const isKnown = known.has(identity(object))
    known.add(identity(object))
    return isKnown
  })
}

/** The keys whose values differ from those of the lock, if the lock has a digest for each key. */
function changedKeys({ valuesByKey: now }: Release, { valuesByKey: before }: ChartLock): string[] {
  const keys = before === undefined ? [] : [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return keys.filter((key) => before?.[key] !== now[key]).sort()
}

/** An object that names no namespace goes to the release's when Helm applies it. */
const inNamespace = (object: KubernetesObject, namespace: string): KubernetesObject =>
  object.metadata.namespace !== undefined || isClusterScoped(groupOf(object.apiVersion), object.kind)
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } }

/** The objects as the managed entry of an earlier function leaves them: the functions of one build share the entry. */
function hardenedBefore(
  release: KubernetesObject,
  lock: ChartLock,
  rendered: readonly KubernetesObject[],
): KubernetesObject[] {
  const patches = managedPatches(release)
  const targets = new Targets(lock.objects)
  return rendered.map((object, index) => {
    const copy = copyOf(object)
    const target = targets.of(lock.objects[index] ?? object)
    const patch = patches.find((one) => isDeepStrictEqual(one.target, target))
    const misfit = patch && applyPatch(copy, patch.operations)
    // An entry of an older lock does not fit the new one, and is made again from the chart's own objects.
    if (misfit) return copyOf(object)
    return copy
  })
}
