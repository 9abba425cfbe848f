import { isDeepStrictEqual } from 'node:util'
import type { Callee } from '../../lib/flows/callee.ts'
import { GATEWAY_NAME } from '../../lib/flows/gateways.ts'
import { type MadePods, selectsMade } from '../../lib/flows/made-pods.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { findings } from '../findings.ts'
import type { Scope } from './scope.ts'
import { isInjected } from './sidecar.ts'
import type { Known, Subject } from './subject.ts'

/** Pods under the name that a flow or configuration gives them. */
interface Named {
  /** `namespace/name` */
  place: string
  labels: Labels
  /** Named by a flow or the configuration, and not only made by an operator. */
  isDeclared: boolean
}

interface Surroundings extends Known {
  topology: Topology
  scope: Scope
  spec: NetworkPolicyDefaultDenySpec
}

/**
 * The pods that operators make, by each of their names: those that flows select by labels, those that configuration
 * adds, and those of known custom resources of the build. Default-deny covers them as any pod, so they get policies as any
 * workload: one for each set of labels.
 */
export function runtimeSubjects(
  flows: readonly ResolvedFlow[],
  surroundings: Surroundings,
): { subjects: ReadonlyMap<string, Subject>; findings: Finding[] } {
  const { topology, scope, spec } = surroundings
  const { denied } = scope
  const { runtimePods } = spec
  const found: Finding[] = []
  const named = new Map<string, Named>()
  const add = (place: string, labels: Labels, source: string, isDeclared = true): void => {
    const known = named.get(place)
    if (!known) named.set(place, { place, labels, isDeclared })
    else if (!isDeepStrictEqual(known.labels, labels)) found.push(twoSelectors(source, known))
  }
  for (const { flow, callees } of flows)
    for (const callee of callees.filter(isRuntime))
      add(placeOf(callee), callee.labels as Labels, `flow ${flow.key}`, flow.selector !== undefined)
  for (const [place, { labels }] of Object.entries(runtimePods)) {
    const made = topology.madeNamed(namespaceOf(place), nameOf(place))[0]
    if (labels) add(place, labels, `runtimePods ${place}`)
    else if (made) add(place, made.labels, `runtimePods ${place}`)
    else if (!named.has(place) && denied.includes(namespaceOf(place))) found.push(noLabels(place))
  }
  const isNamed = (pods: MadePods): boolean =>
    [...named.values()].some(({ place, labels }) => namespaceOf(place) === pods.namespace && selectsMade(labels, pods))
  for (const pods of topology.made.filter((made) => !isNamed(made)))
    add(placeOf(pods), pods.labels, describe(pods.object), false)
  const here = [...named.values()].filter(({ place }) => denied.includes(namespaceOf(place))).sort(byPlace)
  const groups = groupBy(here, ({ place, labels }) =>
    JSON.stringify([namespaceOf(place), Object.entries(labels).sort()]),
  )
  const subjects = [...groups.values()].flatMap((group) => {
    const subject = subjectOf(group, surroundings)
    return group.map(({ place }) => [place, subject] as const)
  })
  return { subjects: new Map(subjects), findings: found }
}

/** Does a flow name these pods by labels, and not a workload of the build? */
const isRuntime = ({ workload, isHere, labels }: Callee): boolean =>
  workload === undefined && isHere && labels !== undefined

export const placeOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`

const namespaceOf = (place: string): string => place.slice(0, place.indexOf('/'))
const nameOf = (place: string): string => place.slice(place.indexOf('/') + 1)

const byPlace = (a: Named, b: Named): number => (a.place < b.place ? -1 : 1)

/**
 * Several names for the same pods make one policy, under the first of them. In an ambient mesh the pods of gateways and
 * waypoints alone run a proxy, which calls istiod.
 */
function subjectOf(group: readonly Named[], { topology, spec, namespaces, kubeletReaders }: Surroundings): Subject {
  const { runtimePods, ambient } = spec
  const [first] = group as [Named]
  const namespace = namespaceOf(first.place)
  const traits = group.flatMap(({ place }) => (Object.hasOwn(runtimePods, place) ? (runtimePods[place] ?? []) : []))
  const made = topology.madeWith(namespace, first.labels)
  const [only, ...others] = made
  return {
    name: nameOf(first.place),
    namespace,
    podLabels: first.labels,
    carried: only && others.length === 0 ? { ...only.allLabels, ...first.labels } : first.labels,
    workload: undefined,
    injected: ambient
      ? Object.hasOwn(first.labels, GATEWAY_NAME)
      : traits.every(({ injected }) => injected) && !isOutsideMesh(group, made, traits, namespaces),
    usesApiServer: traits.some(({ apiServer }) => apiServer) || made.some(({ needsApiServer }) => needsApiServer),
    readsKubelets: made.some(({ serviceAccount }) => kubeletReaders.has(String(serviceAccount), namespace)),
  }
}

/**
 * Pods that a flow or the configuration declares count as members of the mesh. For others, their labels and their Namespace
 * decide.
 */
function isOutsideMesh(
  group: readonly Named[],
  made: readonly MadePods[],
  traits: readonly unknown[],
  namespaces: ReadonlyMap<string, KubernetesObject>,
): boolean {
  const isDeclared = traits.length > 0 || group.some(({ isDeclared }) => isDeclared)
  return !isDeclared && made.every(({ namespace, allLabels }) => !isInjected(namespace, allLabels, namespaces))
}

const twoSelectors = (source: string, { place, labels }: Named): Finding =>
  findings['two-selectors']({}, source, place, JSON.stringify(labels))

const noLabels = (place: string): Finding => findings['runtime-pods-without-labels']({}, place)
