import { error, type Finding, warning } from '../lib/finding.ts'
import { fillUnset } from '../lib/generated.ts'
import { type Fields, groupOf, type KubernetesObject, valueAt } from '../lib/kubernetes/object.ts'
import { matchesSelector } from '../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../lib/kubernetes/workload.ts'
import { isOff } from '../lib/off.ts'
import type { Build } from './build.ts'
import type { SpreadSpec } from './config.ts'
import { copySelector, selectedBy } from './pods.ts'
import { replicatedWorkloads } from './scalable.ts'

// Rule: the pods of every Deployment, StatefulSet and Rollout are spread across nodes, then across zones: maxSkew 1,
// nodeAffinityPolicy and nodeTaintsPolicy Honor, whenUnsatisfiable ScheduleAnyway, the labelSelector of the workload,
// and matchLabelKeys so that each revision is spread by itself. Fields that the workload writes stay, unless the policy
// names them. Jobs, CronJobs and DaemonSets get none.

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

/** The label by which each controller tells the pods of its revisions apart. */
const REVISION: Readonly<Record<string, string>> = {
  'apps/Deployment': 'pod-template-hash',
  'apps/StatefulSet': 'controller-revision-hash',
  'argoproj.io/Rollout': 'rollouts-pod-template-hash',
}

interface Constraint extends Fields {
  topologyKey: string
}

export const writeSpread = (build: Build): Finding[] =>
  replicatedWorkloads(build.topology.workloads).flatMap((workload) => {
    const spread = spreadFor(build, workload)
    const written = (workload.template.spec.topologySpreadConstraints ?? []) as unknown as Constraint[]
    const unused = written.flatMap((constraint) => checkWritten(build, workload, constraint))
    if (isOff(spread)) return unused
    const refused = refuse(workload, spread)
    if (refused) return [...unused, refused]
    const wanted = constraintsFor(workload, spread)
    const set = merge(written, wanted, givenFields(spread))
    if (set.length > 0) workload.template.spec.topologySpreadConstraints = set as never
    return unused
  })

/** The policy's spread for one workload: its own fields over everybody's. */
function spreadFor({ spec }: Build, workload: Workload): SpreadSpec | 'off' {
  const own = overrideFor(spec.workloads, workload)?.spread
  if (isOff(own) || (own === undefined && isOff(spec.spread))) return 'off'
  return { ...(isOff(spec.spread) ? {} : spec.spread), ...own }
}

function refuse({ object, labels }: Workload, { selector, zone, minDomains }: SpreadSpec): Finding | undefined {
  if (minDomains !== undefined && zone !== 'DoNotSchedule')
    return error(
      `spread: found minDomains ${minDomains} with zone ${zone === undefined ? 'ScheduleAnyway' : zone || 'off'}, expected zone: DoNotSchedule, without which the API refuses it`,
      { object },
    )
  if (valueAt(object, ['spec', 'selector']) === undefined && !selector)
    return warning('has no spec.selector, which the API requires; its pods are not spread', { object })
  if (!selector || matchesSelector({ matchLabels: selector }, labels)) return undefined
  return error(
    `spread: the selector ${JSON.stringify(selector)} matches no pod of it; expected labels of its pods, ${JSON.stringify(labels)}`,
    { object },
  )
}

function constraintsFor(
  workload: Workload,
  { hostname = 'ScheduleAnyway', zone = 'ScheduleAnyway', minDomains, selector }: SpreadSpec,
): Constraint[] {
  const labelSelector = selector ? { matchLabels: { ...selector } } : valueAt(workload.object, ['spec', 'selector'])
  const across = (topologyKey: string, whenUnsatisfiable: string, more: Fields): Constraint => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    ...more,
    labelSelector: copySelector(labelSelector),
    matchLabelKeys: [revisionKey(workload.object)],
    nodeAffinityPolicy: 'Honor',
    nodeTaintsPolicy: 'Honor',
  })
  return [
    ...(isOff(hostname) ? [] : [across(HOSTNAME, hostname, {})]),
    ...(isOff(zone) ? [] : [across(ZONE, zone, minDomains === undefined ? {} : { minDomains })]),
  ]
}

const revisionKey = ({ apiVersion, kind }: KubernetesObject): string => REVISION[`${groupOf(apiVersion)}/${kind}`] ?? ''

/** What the policy names, and so sets over what the workload writes, by topology key. */
function givenFields({ hostname, zone, minDomains, selector }: SpreadSpec): Record<string, Fields> {
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

/** The wanted constraints, each in the place of those that are written for its key; then what else is written. */
function merge(
  written: readonly Constraint[],
  wanted: readonly Constraint[],
  given: Readonly<Record<string, Fields>>,
): Constraint[] {
  const keys = new Set(wanted.map(({ topologyKey }) => topologyKey))
  const ours = wanted.flatMap((constraint) => {
    const own = written.filter(({ topologyKey }) => topologyKey === constraint.topologyKey)
    for (const one of own) {
      Object.assign(one, given[one.topologyKey])
      fillUnset(one, constraint)
    }
    return own.length > 0 ? own : [constraint]
  })
  return [...ours, ...written.filter(({ topologyKey }) => !keys.has(topologyKey))]
}

function checkWritten(
  build: Build,
  { object, namespace }: Workload,
  { topologyKey, labelSelector }: Constraint,
): Finding[] {
  if (labelSelector === undefined || selectedBy(build, namespace, labelSelector).length > 0) return []
  return [
    error(
      `spread across ${topologyKey}: the labelSelector ${JSON.stringify(labelSelector)} matches no pod of the build; expected labels of pods in its namespace`,
      { object },
    ),
  ]
}
