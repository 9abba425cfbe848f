import { type Details, defineFindings, type Finding, type FindingKind } from '../lib/framework/finding.ts'
import { unknownKey } from '../lib/framework/unknown-keys.ts'
import { NAME } from './name.ts'
import { rules } from './rules/index.ts'
import type { Rule, Violation } from './rules/rule.ts'

/** What the sentence of a violation is made from. */
type Reported = Pick<Violation, 'found' | 'expected' | 'advice'>

const sentence = ({ found, expected, advice }: Reported, allowed?: string): string => {
  const what = `found ${found}, expected ${expected}`
  if (allowed !== undefined) return `${what}; allowed: ${allowed}`
  return advice === undefined ? what : `${what}; ${advice}`
}

type RuleKind = FindingKind & { message: typeof sentence }
const kindOf = ({ severity, means, why, fix }: Rule): RuleKind => ({ severity, message: sentence, means, why, fix })

// One kind of finding a rule: all that is known about a rule is in its own file.
const makers = defineFindings(
  NAME,
  Object.fromEntries((rules as readonly Rule[]).map((rule) => [rule.name, kindOf(rule)])),
)

/** The finding of a rule about one of its violations; `allowed` is the reason of an exception. */
export function ruleFinding(rule: Rule, details: Details, violation: Reported, allowed?: string): Finding {
  const make = makers[rule.name]
  if (!make) throw new Error(`${rule.name}: no rule of this name`)
  return make({ ...details, tags: { rule: rule.name } }, violation, allowed)
}

/** Every finding of this function, except those of the rules. */
export const findings = defineFindings(NAME, {
  repaired: {
    severity: 'info',
    message: (rule: string, { found, expected }: Reported) =>
      `found ${found}, expected ${expected}; repaired as ${rule} asks`,
    means: 'With fix: true, a field was set as its rule asks.',
    why: 'The object keeps the convention from now on.',
    fix: 'Nothing; review the change.',
  },
  'unknown-key': unknownKey,
})
