import { isDeepStrictEqual } from 'node:util'
import { isOff } from '../../lib/framework/config.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy, replaceGenerated } from '../../lib/framework/generated-objects.ts'
import { describe, identity, isFields, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { Build } from '../build/build.ts'
import type { Replicated } from '../build/replicated.ts'
import { selectedBy } from '../build/selected-workloads.ts'
import { findings } from '../findings/index.ts'
import { describeLimits, isBudget, type Limits, newBudget, selectorOf } from './budget.ts'
import { type Fitted, fitToScale } from './without-scale.ts'

// Rule: every Deployment, StatefulSet and Rollout gets a PodDisruptionBudget with its name and its selector, unless a
// budget selects its pods already or the policy says off. The policy may give the limit, the name and the selector;
// workloads to which it gives one name and one selector share one budget.

export function writeBudgets(objects: KubernetesObject[], build: Build, functionName: string): Finding[] {
  const planned: BudgetPlan = { build, covered: new Map(), wanted: new Map() }
  for (const object of objects) if (isBudget(object) && !isGeneratedBy(object, functionName)) cover(planned, object)
  const wishes = build.replicated.map((workload) => wishFor(build, workload))
  // A selector of the policy may reach other workloads too, so it is planned first.
  const ordered = [
    ...wishes.filter(({ selector }) => selector !== undefined),
    ...wishes.filter(({ selector }) => selector === undefined),
  ]
  const found = ordered.flatMap((wish) => (wish.limits ? plan(planned, wish, wish.limits) : []))
  const generator = { name: functionName, types: ['policy/PodDisruptionBudget'] }
  return [...found, ...replaceGenerated(objects, generator, [...planned.wanted.values()], refuseNamesake)]
}

interface BudgetPlan {
  build: Build
  /** The budget that selects a workload's pods. */
  covered: Map<KubernetesObject, KubernetesObject>
  wanted: Map<string, KubernetesObject>
}

function cover({ build, covered }: BudgetPlan, budget: KubernetesObject): void {
  for (const { object } of selectedBy(build, budget.metadata.namespace ?? '', selectorOf(budget)))
    if (!covered.has(object)) covered.set(object, budget)
}

/** The budget that the policy gives one workload: no limits where it is off. */
interface Wish {
  workload: Replicated
  limits: Limits | undefined
  name: string
  selector?: Labels
  /** The policy names this workload; it is not the budget of all. */
  isOwn: boolean
}

/** A workload's own limit replaces the general one. */
function wishFor({ spec }: Build, workload: Replicated): Wish {
  const own = overrideFor(spec.workloads, workload)?.disruptionBudget
  const general = isOff(spec.disruptionBudget) ? undefined : withLimit(spec.disruptionBudget, DEFAULT)
  const wish = { workload, name: workload.name, isOwn: own !== undefined }
  if (own === undefined) return { ...wish, limits: general }
  if (isOff(own)) return { ...wish, limits: undefined }
  const { name = workload.name, selector, ...limits } = own
  return {
    ...wish,
    name,
    selector,
    limits: withLimit(limits, general ?? DEFAULT),
  }
}

const DEFAULT: Limits = { maxUnavailable: 1 }

/** A budget without a limit of its own takes another's; what else it says stays. */
function withLimit(own: Limits, other: Limits): Limits {
  const { unhealthyPodEvictionPolicy = other.unhealthyPodEvictionPolicy, ...limits } = own
  const { unhealthyPodEvictionPolicy: _, ...others } = other
  return {
    ...(Object.keys(limits).length > 0 ? limits : others),
    ...(unhealthyPodEvictionPolicy !== undefined && { unhealthyPodEvictionPolicy }),
  }
}

function plan(planned: BudgetPlan, { workload, name, selector, isOwn }: Wish, limits: Limits): Finding[] {
  const { object } = workload
  const present = planned.covered.get(object)
  if (present && !isOwn) return []
  if (present && !planned.wanted.has(identity(present)))
    return [findings['budget-exists']({ object }, describe(present))]
  const used = selector ? { matchLabels: selector } : workload.selector
  const refused = refuseSelector(workload, used)
  if (refused) return [refused]
  const fitted = fitToScale(planned.build, workload, { limits, selector: used, mayNarrow: selector === undefined })
  if ('refused' in fitted)
    return [findings['budget-without-scale']({ object }, describeLimits(limits), describeAll(fitted.refused))]
  return [...notes(object, limits, fitted), ...add(planned, newBudget(object, name, fitted.limits, fitted.selector))]
}

function notes(object: KubernetesObject, limits: Limits, fitted: Exclude<Fitted, { refused: unknown }>): Finding[] {
  const { narrowedPast, countedWith } = fitted
  if (narrowedPast)
    return [findings['budget-narrowed']({ object }, JSON.stringify(fitted.selector), describeAll(narrowedPast))]
  if (!countedWith) return []
  const change = [describeLimits(fitted.limits), describeLimits(limits)] as const
  return [findings['budget-in-numbers']({ object }, ...change, describeAll(countedWith))]
}

const describeAll = (workloads: readonly Workload[]): string =>
  workloads
    .map(({ object }) => describe(object))
    .sort()
    .join(', ')

function refuseSelector({ object, labels }: Workload, selector: unknown): Finding | undefined {
  if (!isFields(selector)) return findings['no-selector']({ object }, 'disruption budget')
  if (matchesSelector(selector, labels)) return undefined
  return findings['budget-selects-no-pod']({ object }, JSON.stringify(selector), JSON.stringify(labels))
}

function add(planned: BudgetPlan, budget: KubernetesObject): Finding[] {
  const shared = planned.wanted.get(identity(budget))
  if (!shared) {
    planned.wanted.set(identity(budget), budget)
    cover(planned, budget)
    return []
  }
  keepCommonLabels(shared, budget.metadata.labels ?? {})
  if (isDeepStrictEqual(shared.spec, budget.spec)) return []
  return [
    findings['contradicting-budgets']({ object: budget }, JSON.stringify(shared.spec), JSON.stringify(budget.spec)),
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
  findings['budget-name-taken'](
    { object: existing, field: { path: 'spec.selector' } },
    JSON.stringify(selectorOf(existing)),
    JSON.stringify(selectorOf(wanted)),
  ),
]
