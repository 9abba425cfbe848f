import { isOff } from '../../lib/framework/config.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isFields } from '../../lib/kubernetes/objects.ts'
import { matchesSelector } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { Build } from '../build/build.ts'
import type { Replicated } from '../build/replicated.ts'
import { describeAll, mayReachRuntimePods, selectedBy } from '../build/selected-workloads.ts'
import type { SpreadSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import { type Constraint, constraintsFor, givenFields, merge } from './spread-constraint.ts'

// Rule: the pods of every Deployment, StatefulSet and Rollout are spread across nodes, then across zones: maxSkew 1,
// nodeAffinityPolicy and nodeTaintsPolicy Honor, whenUnsatisfiable ScheduleAnyway, the labelSelector of the workload,
// and matchLabelKeys so that each revision is spread by itself, unless a labelSelector reaches pods of other workloads:
// those have other revisions and would not be counted. Fields that the workload writes stay, unless the
// policy names them. Jobs, CronJobs and DaemonSets get none.

export const writeSpread = (build: Build): Finding[] =>
  build.replicated.flatMap((workload) => {
    const spread = spreadFor(build, workload)
    const written = (workload.template.spec.topologySpreadConstraints ?? []) as unknown as Constraint[]
    const unused = written.flatMap((constraint) => checkWritten(build, workload, constraint))
    if (isOff(spread)) return [...unused, ...nameMissing(workload, written)]
    const refused = refuse(workload, spread)
    if (refused) return [...unused, refused]
    const set = merge(written, constraintsFor(build, workload, spread), givenFields(spread))
    if (set.length > 0) workload.template.spec.topologySpreadConstraints = set as never
    return [...unused, ...nameMissing(workload, set), ...refuseRepeated(workload, set)]
  })

/** Constraints that neither the manifest nor this function gives a selector. */
const nameMissing = ({ object, selector }: Replicated, constraints: readonly Constraint[]): Finding[] =>
  constraints
    .filter(({ labelSelector }) => !isFields(labelSelector))
    .map(({ topologyKey }) => findings['spread-without-selector']({ object }, topologyKey, JSON.stringify(selector)))

/** The policy's spread for one workload: its own fields replace the general ones. minDomains goes where its zone goes. */
function spreadFor({ spec }: Build, workload: Workload): SpreadSpec | 'off' {
  const own = overrideFor(spec.workloads, workload)?.spread
  if (isOff(own) || (own === undefined && isOff(spec.spread))) return 'off'
  const { minDomains, ...general } = isOff(spec.spread) ? {} : spec.spread
  const isRequired = own?.zone === undefined || own.zone === 'DoNotSchedule'
  return { ...general, ...(minDomains !== undefined && isRequired && { minDomains }), ...own }
}

function refuse(
  { object, labels, selector: own }: Replicated,
  { selector, zone, minDomains }: SpreadSpec,
): Finding | undefined {
  if (minDomains !== undefined && zone !== 'DoNotSchedule')
    return findings['min-domains-without-zone'](
      { object },
      minDomains,
      zone === undefined ? 'ScheduleAnyway' : zone || 'off',
    )
  const used = selector ? { matchLabels: selector } : own
  if (!isFields(used)) return findings['no-selector']({ object }, 'spread')
  if (matchesSelector(used, labels)) return undefined
  return findings['spread-selects-no-pod']({ object }, JSON.stringify(used), JSON.stringify(labels))
}

function refuseRepeated({ object }: Workload, constraints: readonly Constraint[]): Finding[] {
  const kinds = groupBy(constraints, ({ topologyKey, whenUnsatisfiable }) => `${topologyKey} with ${whenUnsatisfiable}`)
  return [...kinds].flatMap(([kind, { length }]) =>
    length < 2 ? [] : [findings['repeated-spread']({ object }, length, kind)],
  )
}

function checkWritten(
  build: Build,
  { object, namespace }: Workload,
  { topologyKey, labelSelector }: Constraint,
): Finding[] {
  if (!isFields(labelSelector)) return []
  const selected = selectedBy(build, namespace, labelSelector)
  if (selected.some((workload) => workload.object === object)) return []
  const text = JSON.stringify(labelSelector)
  if (selected.length > 0)
    return [findings['spread-selects-others']({ object }, topologyKey, text, describeAll(selected))]
  if (mayReachRuntimePods(build, namespace, labelSelector)) return []
  return [findings['written-spread-selects-nothing']({ object }, topologyKey, text)]
}
