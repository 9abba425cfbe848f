import { valueAt } from '../../lib/kubernetes/objects.ts'
import { workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'
import { type Build, countOf, factorOf, plural, totalOf } from '../build.ts'
import { describeScalable, type Scalable } from '../replicas/scalable.ts'
import type { Value } from './field.ts'
import { compute, needsCount, needsFactor } from './formula.ts'
import { fill, podsOf } from './members.ts'
import type { NamedRule } from './rule.ts'

/**
 * A value, or why there is none: `unknown` where a placeholder stands in the way, which is no error; undefined where the
 * policy gives no factor, which is refused once for all rules.
 */
export type Evaluated = { value: Value; clamped?: string } | { refused: string } | { unknown: string } | undefined

/** More members than anything is configured with by name; a number far above it is a slip, and would be written out. */
const MAX_MEMBERS = 10_000

/** What a rule comes to for what it counts. */
export function evaluate(build: Build, rule: NamedRule, from: readonly Scalable[]): Evaluated {
  const { value: count, text } = totalOf(build, from)
  if (count === undefined && needsCount(rule.formula)) return { unknown: `${text}, which a placeholder gives` }
  if (rule.formula === 'members') return members(build, rule, from, count ?? 0)
  const factor = factorOf(build, from)
  if (factor === undefined && needsFactor(rule.formula)) return undefined
  const value = compute(rule.formula, factor ?? 0, count ?? 0)
  const isClamped = rule.formula === 'min(factor, count)' && factor !== undefined && value < factor
  return isClamped
    ? { value, clamped: `min(${factor}, ${count}) = ${value}: ${text} hold fewer copies than the factor` }
    : { value }
}

function members(build: Build, rule: NamedRule, from: readonly Scalable[], count: number): Evaluated {
  const { template = '', hosts } = rule
  const other = from.find(({ object }) => !workloadKindOf(object)?.ordinals)
  if (other)
    return { refused: `found ${describeScalable(other)}, expected a StatefulSet: only its pods have names that stay` }
  if (count > MAX_MEMBERS)
    return { refused: `found ${count} members, expected at most ${MAX_MEMBERS}, each by its name` }
  if (hosts && hosts.length !== count)
    return { refused: `found ${plural(hosts.length, 'host')} for ${plural(count, 'member')}, expected one for each` }
  if (!hosts && template.includes('{host}'))
    return { refused: 'found {host} in the template, expected hosts beside it' }
  const nameless = from.find((scalable) => lacksName(build, scalable, template))
  if (nameless)
    return {
      refused: `found no namespace or no Service of ${describeScalable(nameless)}, expected both, which the template names`,
    }
  const pods = from.flatMap((scalable) =>
    podsOf(scalable, countOf(build, scalable).value ?? 0, serviceOf(build, scalable)),
  )
  return { value: pods.map((pod, position) => fill(template, { ...pod, host: hosts?.[position] ?? '' })) }
}

const lacksName = (build: Build, scalable: Scalable, template: string): boolean =>
  (template.includes('{service}') && serviceOf(build, scalable) === '') ||
  (template.includes('{namespace}') && scalable.namespace === '')

/** The Service of a StatefulSet under its final name: the reference may still say the one before a prefix. */
function serviceOf({ topology }: Build, { object, namespace }: Scalable): string {
  const written = String(valueAt(object, ['spec', 'serviceName']) ?? '')
  return topology.serviceCalled(namespace, written)?.name ?? written
}
