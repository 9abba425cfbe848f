import { isDeepStrictEqual } from 'node:util'
import { isOff } from '../../lib/framework/config.ts'
import { error, type Finding, info, warning } from '../../lib/framework/finding.ts'
import { isGeneratedBy, replaceGenerated } from '../../lib/framework/generated-objects.ts'
import { describe, identity, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { Build } from '../build.ts'
import { replicatedWorkloads } from '../replicas/scalable.ts'
import { selectedBy } from '../selected-workloads.ts'
import { isBudget, type Limits, newBudget, selectorOf } from './budget.ts'

// Rule: every Deployment, StatefulSet and Rollout gets a PodDisruptionBudget that is called like it and selects what it
// selects, unless a budget selects its pods already or the policy says off. The limit, the name and the selector may
// be the policy's; workloads to which it gives one name and one selector share one budget.

const NAME = 'replication-factor'

export function writeBudgets(objects: KubernetesObject[], build: Build): Finding[] {
  const planned: Plan = { build, covered: new Map(), wanted: new Map() }
  for (const object of objects) if (isBudget(object) && !isGeneratedBy(object, NAME)) cover(planned, object)
  const wishes = replicatedWorkloads(build.topology.workloads).map((workload) => wishFor(build, workload))
  // A selector of the policy may reach workloads of which it says nothing: it comes first.
  const ordered = [
    ...wishes.filter(({ selector }) => selector !== undefined),
    ...wishes.filter(({ selector }) => selector === undefined),
  ]
  const findings = ordered.flatMap((wish) => (wish.limits ? plan(planned, wish, wish.limits) : []))
  return [...findings, ...replaceGenerated(objects, NAME, [...planned.wanted.values()], refuseNamesake)]
}

interface Plan {
  build: Build
  /** The budget that selects a workload's pods. */
  covered: Map<KubernetesObject, KubernetesObject>
  wanted: Map<string, KubernetesObject>
}

function cover({ build, covered }: Plan, budget: KubernetesObject): void {
  for (const { object } of selectedBy(build, budget.metadata.namespace ?? '', selectorOf(budget)))
    if (!covered.has(object)) covered.set(object, budget)
}

/** What the policy says for one workload: no limits where its budget is off. */
interface Wish {
  workload: Workload
  limits: Limits | undefined
  name: string
  selector?: Labels
  /** Said of this workload, not of all. */
  isOwn: boolean
}

/** A workload's own limit takes the place of everybody's. */
function wishFor({ spec }: Build, workload: Workload): Wish {
  const own = overrideFor(spec.workloads, workload)?.disruptionBudget
  const general = isOff(spec.disruptionBudget) ? undefined : spec.disruptionBudget
  const wish = { workload, name: workload.name, isOwn: own !== undefined }
  if (own === undefined) return { ...wish, limits: general }
  if (isOff(own)) return { ...wish, limits: undefined }
  const { name = workload.name, selector, ...limits } = own
  return {
    ...wish,
    name,
    selector,
    limits: Object.keys(limits).length > 0 ? limits : (general ?? { maxUnavailable: 1 }),
  }
}

function plan(planned: Plan, { workload, name, selector, isOwn }: Wish, limits: Limits): Finding[] {
  const { object } = workload
  const present = planned.covered.get(object)
  if (present && !isOwn) return []
  if (present && !planned.wanted.has(identity(present)))
    return [
      info(`${describe(present)} selects its pods already; what the policy says of its budget is not used`, { object }),
    ]
  const used = selector ? { matchLabels: selector } : valueAt(object, ['spec', 'selector'])
  const refused = refuseSelector(workload, used)
  return refused ? [refused] : add(planned, newBudget(object, name, limits, used))
}

function refuseSelector({ object, labels }: Workload, selector: unknown): Finding | undefined {
  if (!isFields(selector))
    return warning('has no spec.selector, which the API requires; it gets no disruption budget', { object })
  if (matchesSelector(selector, labels)) return undefined
  return error(
    `disruption budget: the selector ${JSON.stringify(selector)} matches no pod of it; expected labels of its pods, ${JSON.stringify(labels)}`,
    { object },
  )
}

function add(planned: Plan, budget: KubernetesObject): Finding[] {
  const shared = planned.wanted.get(identity(budget))
  if (!shared) {
    planned.wanted.set(identity(budget), budget)
    cover(planned, budget)
    return []
  }
  keepCommonLabels(shared, budget.metadata.labels ?? {})
  if (isDeepStrictEqual(shared.spec, budget.spec)) return []
  return [
    error(
      `two workloads ask for this budget with ${JSON.stringify(shared.spec)} and ${JSON.stringify(budget.spec)}; give them one limit and one selector, or two names`,
      { object: budget },
    ),
  ]
}

function keepCommonLabels({ metadata }: KubernetesObject, others: Labels): void {
  if (metadata.labels)
    metadata.labels = Object.fromEntries(
      Object.entries(metadata.labels).filter(([key, value]) => others[key] === value),
    )
}

/** A hand-written budget of the wanted name that selects other pods. */
const refuseNamesake = (existing: KubernetesObject, wanted: KubernetesObject): Finding[] => [
  error(
    `found the selector ${JSON.stringify(selectorOf(existing))}, expected ${JSON.stringify(selectorOf(wanted))}: no budget selects the pods of the workload of this name; mend the selector, or name the workload's budget otherwise`,
    { object: existing, field: { path: 'spec.selector' } },
  ),
]
