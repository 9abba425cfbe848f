import { type Details, defineFindings, type Finding, type FindingKind } from '../../lib/framework/finding.ts'
import type { Check, Violation } from '../checks/check.ts'
import { checks } from '../checks/index.ts'
import { NAME } from '../name.ts'
import { isSet } from '../pod/security-context.ts'

/** What becomes of a violation. */
export type Verdict =
  | { is: 'refused'; wayOut: string }
  | { is: 'overridden'; to: unknown }
  | { is: 'allowed'; reason: string }

type Reported = Pick<Violation, 'found' | 'shown' | 'expected' | 'advice'>

function sentence({ found, shown, expected, advice }: Reported, verdict: Verdict): string {
  const what = `found ${shown ?? show(found)}`
  switch (verdict.is) {
    case 'refused':
      return [`${what}, expected ${expected}`, ...(advice ? [advice] : []), verdict.wayOut].join('; ')
    case 'overridden':
      return `${what}, expected ${expected}; ${verdict.to === undefined ? 'removed' : `set to ${JSON.stringify(verdict.to)}`}`
    case 'allowed':
      return `${what}; allowed: ${verdict.reason}`
  }
}

/** `seLinuxOptions` as in an id: `se-linux-options`. */
const inKebabCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

type CheckKind = FindingKind & { message: typeof sentence }
const kindOf = ({ verdict, means, why, fix }: Check): CheckKind => ({
  severity: verdict === 'refuse' ? 'error' : 'warning',
  message: sentence,
  means,
  why,
  fix,
})

// One kind of finding a check: all that is known about a check is in its own file.
const makers = defineFindings(
  NAME,
  Object.fromEntries((checks as readonly Check[]).map((check) => [inKebabCase(check.name), kindOf(check)])),
)

/** The finding of a check about one of its violations. */
export function checkFinding(check: string, details: Details, violation: Reported, verdict: Verdict): Finding {
  const make = makers[inKebabCase(check)]
  if (!make) throw new Error(`${check}: no check of this name`)
  return make(
    { ...details, severity: verdict.is === 'refused' ? 'error' : 'warning', tags: { check } },
    violation,
    verdict,
  )
}

export function show(value: unknown): string {
  const text = isSet(value) ? JSON.stringify(value) : 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
