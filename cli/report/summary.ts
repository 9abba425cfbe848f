import { declaredBy, SHARED, WHOLE } from '../../functions/hardening/shared-fields.ts'
import { type Fields, formatPath, identity, isFields } from '../../functions/lib/kubernetes/objects.ts'
import { counted } from '../lines.ts'
import type { Rendering } from '../render/environment.ts'

/** What a rendering is made of and what hardening did to it, for people: the last lines on stderr. */
export function summaryOf({ objects, stacks, builds }: Rendering): string {
  const calls = builds.flatMap((build) => build.calls)
  const distinct = (kind: 'changed' | 'generated'): Set<string> =>
    new Set(calls.flatMap((call) => call[kind].map(identity)))
  const generated = distinct('generated')
  const changed = [...distinct('changed')].filter((id) => !generated.has(id))
  const warnings = new Set(
    builds.flatMap(({ stderr }) => stderr.split('\n').filter((line) => line.startsWith('warning: '))),
  )
  const exceptions = [...new Set(calls.flatMap(({ policy }) => exceptionsOf(policy)))]
  return [
    `${counted(stacks, 'stack')}, ${counted(objects.length, 'object')}: ${changed.length} changed, ${generated.size} generated; ${counted(warnings.size, 'warning')}\n`,
    ...(exceptions.length === 0 ? [] : [`exceptions, with their reasons:\n${exceptions.join('\n')}\n`]),
  ].join('')
}

/** Every exception of a policy with its reason: `reason` in any section, and the checks below `exceptions`. */
function exceptionsOf(policy: unknown): string[] {
  const found: string[] = []
  const visit = (value: unknown, path: readonly string[], isException: boolean): void => {
    if (isException && typeof value === 'string') found.push(`- ${formatPath(path)}: ${oneLine(value)}`)
    if (!isFields(value)) return
    if (typeof value.reason === 'string') found.push(`- ${formatPath(path)}: ${oneLine(value.reason)}`)
    for (const [key, inner] of Object.entries(value))
      if (key !== 'reason') visit(inner, [...path, key], isException || key === 'exceptions')
  }
  if (!isFields(policy) || !isFields(policy.spec)) return found
  if (policy.kind === 'Hardening') visit(policy.spec, [], false)
  else {
    visit(declaredBy(policy), [], false)
    visit(ownOf(policy.spec), [String(policy.kind)], false)
  }
  return found
}

/** What a single kind says for itself, without what it shares with the other functions. */
const ownOf = (spec: Fields): Fields =>
  Object.fromEntries(Object.entries(spec).filter(([key]) => key !== WHOLE && !SHARED.some((shared) => shared === key)))

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')
