import { groupBy } from '../framework/group-by.ts'
import { isOfTheMesh } from '../kubernetes/istio.ts'
import { isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { namesOf, namespacesOf } from '../kubernetes/previous-names.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import { type Service, servicesOf } from '../kubernetes/service.ts'
import { type Workload, workloadsOf } from '../kubernetes/workload.ts'
import { POD_NAME } from '../kubernetes/workload-kinds.ts'
import { type ElsewhereSpec, elsewhereEntry } from './elsewhere.ts'
import { APP, COMPONENT } from './flow.ts'
import { type MadePods, madePodsOf, selectsMade } from './made-pods.ts'

/** What can call and be called in a build. */
export interface Topology {
  workloads: readonly Workload[]
  services: readonly Service[]
  /** Pods that operators make for objects of the build. */
  made: readonly MadePods[]
  /** Namespaces whose Namespace object is in the build, so that everything in them is expected in the build. */
  ownNamespaces: ReadonlySet<string>
  workloadsIn(namespace: string): readonly Workload[]
  /** Several where workloads of different kinds share a name. */
  workloadsNamed(namespace: string, name: string): readonly Workload[]
  /** The workloads of a namespace whose pods carry all of the labels. */
  workloadsWith(namespace: string, labels: Labels): readonly Workload[]
  servicesFor(workload: Workload): readonly Service[]
  workloadsBehind(service: Service): readonly Workload[]
  /** Made pods by the name of what the operator makes, such as a StatefulSet. */
  madeNamed(namespace: string, name: string): readonly MadePods[]
  /** Made pods of a namespace that carry all of the labels, as far as is known. */
  madeWith(namespace: string, labels: Labels): readonly MadePods[]
  /** The Service that another object names. */
  serviceCalled(namespace: string, name: string): Service | undefined
  /** Does the policy say that another build has the workload? */
  isElsewhere(namespace: string, name: string): boolean
  /** As `policySelector` says. */
  selectorOf(workload: Workload): Labels
}

/** Everything is looked up by an index: a build may hold thousands of workloads in one namespace. */
export function topologyOf(objects: readonly KubernetesObject[], elsewhere?: ElsewhereSpec): Topology {
  const workloads = workloadsOf(objects)
  const services = servicesOf(objects)
  const byNamespace = groupBy(workloads, ({ namespace }) => namespace)
  const byWorkloadName = groupBy(workloads, ({ namespace, name }) => `${namespace}/${name}`)
  const workloadsIn = (namespace: string): readonly Workload[] => byNamespace.get(namespace) ?? []
  const { workloadsWith, selectsOnly } = labelIndex(workloads, workloadsIn)
  /** No manifest has the name of a single pod: it is the name of its StatefulSet and a number. */
  const withReplica = (namespace: string, replica: string, selector: Labels): Workload[] =>
    (byWorkloadName.get(`${namespace}/${replica.replace(/-\d+$/, '')}`) ?? []).filter(
      ({ kind, labels }) => kind === 'StatefulSet' && selects(selector, labels),
    )
  // Unlike a policy, a Service with an empty selector selects nothing.
  const behind = new Map(
    services.map((service) => {
      const { [POD_NAME]: replica, ...selector } = service.selector ?? {}
      if (replica !== undefined) return [service, withReplica(service.namespace, replica, selector)]
      return [service, Object.keys(selector).length > 0 ? workloadsWith(service.namespace, selector) : []]
    }),
  )
  const servicesFor = inverse(behind)
  const named = services.flatMap((service) =>
    namespacesOf(service.object).flatMap((namespace) =>
      namesOf(service.object).map((name) => ({
        service,
        name: `${namespace}/${name}`,
        now: name === service.name && namespace === service.namespace,
      })),
    ),
  )
  // A present name beats another Service's former one.
  const byName = new Map(
    [...named.filter(({ now }) => !now), ...named.filter(({ now }) => now)].map(({ name, service }) => [name, service]),
  )
  const selectors = new Map<KubernetesObject, Labels>()
  const made = madePodsOf(objects)
  const madeByNamespace = groupBy(made, ({ namespace }) => namespace)
  const madeIn = (namespace: string): readonly MadePods[] => madeByNamespace.get(namespace) ?? []
  return {
    workloads,
    services,
    made,
    madeNamed: (namespace, name) => madeIn(namespace).filter((pods) => pods.name === name),
    madeWith: (namespace, labels) => madeIn(namespace).filter((pods) => selectsMade(labels, pods)),
    ownNamespaces: new Set(
      objects.filter((object) => isKind(object, '', 'Namespace')).map((object) => object.metadata.name),
    ),
    workloadsIn,
    workloadsNamed: (namespace, name) => byWorkloadName.get(`${namespace}/${name}`) ?? [],
    workloadsWith,
    servicesFor: (workload) => servicesFor.get(workload.object) ?? [],
    workloadsBehind: (service) => behind.get(service) ?? [],
    serviceCalled: (namespace, name) => byName.get(`${namespace}/${name}`),
    isElsewhere: (namespace, name) => elsewhereEntry(elsewhere, `${namespace}/${name}`) !== undefined,
    selectorOf: (workload) => {
      const selector = selectors.get(workload.object) ?? findSelector(workload, selectsOnly)
      selectors.set(workload.object, selector)
      return selector
    },
  }
}

interface LabelIndex extends Pick<Topology, 'workloadsWith'> {
  /** Do the labels select no other workload of its namespace? */
  selectsOnly(labels: Labels, workload: Workload): boolean
}

/** Looks workloads up by the rarest of the labels that are asked for. */
function labelIndex(workloads: readonly Workload[], workloadsIn: Topology['workloadsIn']): LabelIndex {
  const byLabel = new Map<string, Workload[]>()
  for (const workload of workloads)
    for (const key in workload.labels) {
      const label = `${workload.namespace}/${key}=${workload.labels[key]}`
      const group = byLabel.get(label)
      if (group) group.push(workload)
      else byLabel.set(label, [workload])
    }
  const withRarest = (namespace: string, labels: Labels): readonly Workload[] => {
    let rarest = workloadsIn(namespace)
    for (const key in labels) {
      const group = byLabel.get(`${namespace}/${key}=${labels[key]}`) ?? []
      if (group.length < rarest.length) rarest = group
    }
    return rarest
  }
  return {
    workloadsWith: (namespace, labels) =>
      withRarest(namespace, labels).filter((workload) => selects(labels, workload.labels)),
    // Thousands of workloads may share a label. The first other one that is selected answers the question.
    selectsOnly: (labels, { namespace, object }) =>
      withRarest(namespace, labels).every((other) => other.object === object || !selects(labels, other.labels)),
  }
}

function inverse(behind: ReadonlyMap<Service, readonly Workload[]>): Map<KubernetesObject, Service[]> {
  const services = new Map<KubernetesObject, Service[]>()
  for (const [service, workloads] of behind)
    for (const { object } of workloads) services.set(object, [...(services.get(object) ?? []), service])
  return services
}

/**
 * The labels by which policies select a workload's pods: name and component, if the pods carry them. Another build may run
 * the same chart in this namespace, so the workload's own selector is used instead if it is narrower, and also if these
 * labels are missing or select another workload too. Never a label that the pods lack, nor one of the mesh. Empty if the
 * pods carry none.
 */
export const policySelector = (workload: Workload, topology: Topology): Labels => topology.selectorOf(workload)

function findSelector(workload: Workload, selectsOnly: LabelIndex['selectsOnly']): Labels {
  const own = ownSelector(workload)
  const candidates = [narrowSelector(workload), own, withoutMesh(workload.labels)]
  return candidates.find((labels) => Object.keys(labels).length > 0 && selectsOnly(labels, workload)) ?? own
}

/** Keys of labels that tell the instances of one application apart, such as the releases of a chart. */
const INSTANCE = /(?:^|\/)(?:instance|release|cluster|tenant)$/

/**
 * Name and component, or the workload's own selector if that is narrower, because whoever wrote it knew what else runs in
 * the namespace. A Job has none of its own.
 */
function narrowSelector({ object, labels }: Workload): Labels {
  const named = pick(labels, [APP, COMPONENT])
  const written = valueAt(object, ['spec', 'selector', 'matchLabels']) as Labels | undefined
  if (!written || !selects(written, labels)) {
    const instance = Object.keys(labels).filter((key) => INSTANCE.test(key))
    return { ...named, ...pick(withoutMesh(labels), instance) }
  }
  const own = withoutMesh(written)
  return Object.keys(own).some((key) => !SHARED_BY_BUILDS.includes(key)) ? own : named
}

/** Labels that may be the same in every build. */
const SHARED_BY_BUILDS = [APP, COMPONENT, 'variant']

const pick = (labels: Labels, keys: readonly string[]): Labels =>
  Object.fromEntries(keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])))

/** A label that a function writes cannot tell pods apart, because at the first run it is not there yet. */
const withoutMesh = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !isOfTheMesh(key)))

function ownSelector(workload: Workload): Labels {
  const matchLabels = valueAt(workload.object, ['spec', 'selector', 'matchLabels']) as Labels | undefined
  return withoutMesh(matchLabels && selects(matchLabels, workload.labels) ? matchLabels : workload.labels)
}
