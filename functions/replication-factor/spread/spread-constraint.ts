import { isDeepStrictEqual } from 'node:util'
import { isOff } from '../../lib/framework/config.ts'
import { fillUnset } from '../../lib/framework/generated-objects.ts'
import type { Fields } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../build/build.ts'
import type { Replicated } from '../build/replicated.ts'
import { copySelector, selectedBy } from '../build/selected-workloads.ts'
import type { SpreadSpec } from '../config.ts'

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

/** A constraint of `topologySpreadConstraints`. */
export interface Constraint extends Fields {
  topologyKey: string
}

/** A constraint, given the labelSelector that it has. */
export type Wanted = (labelSelector?: unknown) => Constraint

/** The constraints that the policy wants, by topology key. */
export function constraintsFor(
  build: Build,
  workload: Replicated,
  { hostname = 'ScheduleAnyway', zone = 'ScheduleAnyway', minDomains, selector }: SpreadSpec,
): Map<string, Wanted> {
  const used = selector ? { matchLabels: { ...selector } } : workload.selector
  const across =
    (topologyKey: string, whenUnsatisfiable: string, more: Fields): Wanted =>
    (labelSelector = used) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable,
      ...more,
      labelSelector: copySelector(labelSelector),
      ...(!reachesOthers(build, workload, labelSelector) && { matchLabelKeys: [workload.revisionLabel] }),
      nodeAffinityPolicy: 'Honor',
      nodeTaintsPolicy: 'Honor',
    })
  const wanted = new Map<string, Wanted>()
  if (!isOff(hostname)) wanted.set(HOSTNAME, across(HOSTNAME, hostname, {}))
  if (!isOff(zone)) wanted.set(ZONE, across(ZONE, zone, minDomains === undefined ? {} : { minDomains }))
  return wanted
}

/** Does a selector other than the workload's own spread its pods among those of other workloads? */
const reachesOthers = (build: Build, { object, namespace, selector }: Replicated, labelSelector: unknown): boolean =>
  !isDeepStrictEqual(labelSelector, selector) &&
  selectedBy(build, namespace, labelSelector).some((other) => other.object !== object)

/** The fields that the policy names, which replace those of the workload, by topology key. */
export function givenFields({ hostname, zone, minDomains, selector }: SpreadSpec): Record<string, Fields> {
  const selected = (): Fields => (selector ? { labelSelector: { matchLabels: { ...selector } } } : {})
  return {
    [HOSTNAME]: { ...selected(), ...(hostname && { whenUnsatisfiable: hostname }) },
    [ZONE]: {
      ...selected(),
      ...(zone && { whenUnsatisfiable: zone }),
      ...(minDomains !== undefined && { minDomains }),
    },
  }
}

/** The wanted constraints, merged with the written ones of the same key; then the other written ones. */
export function merge(
  written: readonly Constraint[],
  wanted: ReadonlyMap<string, Wanted>,
  given: Readonly<Record<string, Fields>>,
): Constraint[] {
  const ours = [...wanted].flatMap(([key, constraint]) => {
    const own = written.filter(({ topologyKey }) => topologyKey === key)
    for (const one of own) {
      Object.assign(one, given[key])
      // The API accepts it with DoNotSchedule only.
      if (given[key]?.whenUnsatisfiable === 'ScheduleAnyway') delete one.minDomains
      fillUnset(one, constraint(one.labelSelector ?? undefined))
    }
    return own.length > 0 ? own : [constraint()]
  })
  return [...ours, ...written.filter(({ topologyKey }) => !wanted.has(topologyKey))]
}
