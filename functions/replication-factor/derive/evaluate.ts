import { valueAt } from '../../lib/kubernetes/objects.ts'
import { workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'
import { type Build, countOf, factorOf, plural, totalOf } from '../build/build.ts'
import { describeScalable, type Scalable, wholeNumber } from '../build/scalable.ts'
import type { Formula, NamedRule, TEMPLATE_KEYS } from '../config-derive.ts'
import type { Value } from './field.ts'

/**
 * A value, or why there is none: `unknown` if a placeholder gives the number, which is no error; undefined if the
 * policy gives no factor, which is refused once for all rules. `clamped` holds the numbers of a factor that was not reached.
 */
export type Evaluated =
  | { value: Value; clamped?: { factor: number; count: number; text: string } }
  | { refused: string }
  | { unknown: string }
  | undefined

/** More members than anything is configured with by name; a number far above it is a slip, and would be written out. */
const MAX_MEMBERS = 10_000

/** How many of n must agree so that no two halves can: floor(n/2) + 1. */
export const majority = (n: number): number => Math.floor(n / 2) + 1

/** How many of n may be away while a majority is left: floor((n - 1) / 2). */
export const tolerance = (n: number): number => Math.floor((n - 1) / 2)

/** The number that each formula gives, from the factor of the environment and a number of replicas. */
const NUMBERS: Readonly<Record<Exclude<Formula, 'members'>, (factor: number, count: number) => number>> = {
  count: (_, count) => count,
  factor: (factor) => factor,
  'min(factor, count)': Math.min,
  quorum: (_, count) => majority(count),
  'quorum(factor)': majority,
}

/** Does the formula read the factor? */
export const needsFactor = (formula: Formula): boolean => formula.includes('factor')

const needsCount = (formula: Formula): boolean => formula !== 'factor' && formula !== 'quorum(factor)'

/** The value of a rule, given what it counts. */
export function evaluate(build: Build, rule: NamedRule, from: readonly Scalable[]): Evaluated {
  const { value: count, text } = totalOf(build, from)
  if (count === undefined && needsCount(rule.formula)) return { unknown: text }
  if (rule.formula === 'members') return members(build, rule, from, count ?? 0)
  const factor = factorOf(build, from)
  if (factor === undefined && needsFactor(rule.formula)) return undefined
  const value = NUMBERS[rule.formula](factor ?? 0, count ?? 0)
  const isClamped = rule.formula === 'min(factor, count)' && factor !== undefined && value < factor
  return isClamped ? { value, clamped: { factor, count: value, text } } : { value }
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
    return { refused: 'found {host} in the template, but no hosts; expected one for each member' }
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

/** What a template may name of one member. */
export type Member = Readonly<Record<(typeof TEMPLATE_KEYS)[number], string>>

/**
 * The pods of a StatefulSet, which have stable names. Their numbers begin at `spec.ordinals.start`.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#ordinal-index
 */
export function podsOf({ object, name, namespace }: Scalable, count: number, service: string): Omit<Member, 'host'>[] {
  const start = wholeNumber(valueAt(object, ['spec', 'ordinals', 'start'])) ?? 0
  return Array.from({ length: count }, (_, position) => {
    const index = String(start + position)
    return { name, index, pod: `${name}-${index}`, service, namespace }
  })
}

/** Fills a template; `${NAME}` and `$(NAME)` are no part of it, and stay. */
export const fill = (template: string, member: Member): string =>
  template.replaceAll(/(?<!\$)\{(\w+)\}/g, (text, key: string) =>
    Object.hasOwn(member, key) ? member[key as keyof Member] : text,
  )
