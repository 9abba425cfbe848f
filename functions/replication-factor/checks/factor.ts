import type { Finding } from '../../lib/framework/finding.ts'
import { type Build, factorOf, plural, totalOf } from '../build/build.ts'
import { describeScalable, type Scalable } from '../build/scalable.ts'
import { findings } from '../findings/index.ts'

// Rule: a workload that holds as many copies as the factor says runs at least that many replicas. The factor is the
// environment's, or the workload's own, which needs a reason. Fewer replicas than copies are an error, also where an
// autoscaler may go that low: a write would wait for members that do not exist.

/** Workloads that together hold as many copies as the factor says, and the part of the policy that says so. */
export interface Holding {
  scalables: readonly Scalable[]
  where: string
  /** Fewer replicas are fine: the rule takes the lesser number. */
  mayClamp?: boolean
}

/** Every place of the policy that needs a factor has one. */
export function checkFactorGiven(build: Build, holdings: readonly Holding[]): Finding[] {
  const lacking = holdings.filter(({ scalables }) => scalables.length > 0 && factorOf(build, scalables) === undefined)
  if (lacking.length === 0) return []
  const places = lacking.map(({ where }) => where).join(', ')
  return [findings['factor-missing']({ field: { path: 'factor' } }, places)]
}

export function checkFactors(build: Build, holdings: readonly Holding[]): Finding[] {
  const strict = holdings.filter(({ mayClamp }) => !mayClamp)
  const distinct = new Map(strict.map((holding) => [holding.scalables.map(describeScalable).join(), holding]))
  return [...distinct.values()].flatMap((holding) => checkFactor(build, holding))
}

function checkFactor(build: Build, { scalables, where }: Holding): Finding[] {
  const factor = factorOf(build, scalables)
  const { value, text } = totalOf(build, scalables)
  const [first] = scalables
  if (!first || factor === undefined || (value !== undefined && value >= factor)) return []
  if (value === undefined) return [findings['factor-not-compared']({ object: first.object }, factor, text)]
  const autoscaler = scalables.map((scalable) => build.autoscalers.get(scalable)).find((one) => one !== undefined)
  return [
    findings['factor-above-replicas'](
      { object: autoscaler?.object ?? first.object, field: { path: autoscaler?.field ?? first.path.join('.') } },
      factor,
      text,
      where,
      plural(factor, 'member'),
      first.name,
    ),
  ]
}
