import { isDeepStrictEqual } from 'node:util'
import type { Callee } from '../../lib/flows/destinations.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { findings } from '../findings.ts'
import type { Scope } from './scope.ts'
import type { Subject } from './subject.ts'

/** Pods under the name that a flow or configuration gives them. */
interface Named {
  /** `namespace/name` */
  place: string
  labels: Labels
}

/**
 * The pods that operators make, by each of their names: those that flows select by labels, and those that configuration
 * adds. Default-deny covers them as any pod, so they get policies as any workload: one for each set of labels.
 */
export function runtimeSubjects(
  flows: readonly ResolvedFlow[],
  { denied }: Scope,
  { runtimePods, ambient }: NetworkPolicyDefaultDenySpec,
): { subjects: ReadonlyMap<string, Subject>; findings: Finding[] } {
  const found: Finding[] = []
  const named = new Map<string, Named>()
  const add = (place: string, labels: Labels, source: string): void => {
    const known = named.get(place)
    if (!known) named.set(place, { place, labels })
    else if (!isDeepStrictEqual(known.labels, labels)) found.push(twoSelectors(source, known))
  }
  for (const { flow, callees } of flows)
    for (const callee of callees.filter(isRuntime)) add(placeOf(callee), callee.labels as Labels, `flow ${flow.key}`)
  for (const [place, { labels }] of Object.entries(runtimePods)) {
    if (labels) add(place, labels, `runtimePods ${place}`)
    else if (!named.has(place) && denied.includes(namespaceOf(place))) found.push(noLabels(place))
  }
  const here = [...named.values()].filter(({ place }) => denied.includes(namespaceOf(place))).sort(byPlace)
  const groups = groupBy(here, ({ place, labels }) =>
    JSON.stringify([namespaceOf(place), Object.entries(labels).sort()]),
  )
  const subjects = [...groups.values()].flatMap((group) => {
    const subject = subjectOf(group, runtimePods, ambient)
    return group.map(({ place }) => [place, subject] as const)
  })
  return { subjects: new Map(subjects), findings: found }
}

/** Does a flow name these pods by labels, and not a workload of the build? */
const isRuntime = ({ workload, isHere, labels }: Callee): boolean =>
  workload === undefined && isHere && labels !== undefined

export const placeOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`

const namespaceOf = (place: string): string => place.slice(0, place.indexOf('/'))

const byPlace = (a: Named, b: Named): number => (a.place < b.place ? -1 : 1)

/** Several names for the same pods make one policy, under the first of them. */
function subjectOf(
  group: readonly Named[],
  runtimePods: NetworkPolicyDefaultDenySpec['runtimePods'],
  ambient: boolean,
): Subject {
  const [first] = group as [Named]
  const traits = group.flatMap(({ place }) => (Object.hasOwn(runtimePods, place) ? (runtimePods[place] ?? []) : []))
  return {
    name: first.place.slice(first.place.indexOf('/') + 1),
    namespace: namespaceOf(first.place),
    podLabels: first.labels,
    workload: undefined,
    injected: !ambient && traits.every(({ injected }) => injected),
    usesApiServer: traits.some(({ apiServer }) => apiServer),
  }
}

const twoSelectors = (source: string, { place, labels }: Named): Finding =>
  findings['two-selectors']({}, source, place, JSON.stringify(labels))

const noLabels = (place: string): Finding => findings['runtime-pods-without-labels']({}, place)
