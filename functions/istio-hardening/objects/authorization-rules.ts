import { EVERY_PORT } from '../../lib/flows/schema.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import type { Fields } from '../../lib/kubernetes/objects.ts'
import type { Admission, Source } from './admissions.ts'

/**
 * The rules of an AuthorizationPolicy that admits these callers: one for each set of callers, with all of their ports.
 * A port without callers is in no rule, because a rule without sources would admit everyone.
 */
export function allowRules(admissions: readonly Admission[]): Fields[] {
  const rules = admissions
    .filter(({ from }) => from.length > 0)
    .map(({ port, from }) => ({ port: String(port), from: from === 'any' ? undefined : sourceFields(from) }))
  return [...groupBy(rules, ({ from }) => JSON.stringify(from)).values()].map((those) => {
    const from = those[0]?.from
    const ports = those.map(({ port }) => port)
    return { ...(from && { from }), ...(!ports.includes(EVERY_PORT) && { to: [{ operation: { ports } }] }) }
  })
}

/**
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source: `notPrincipals: ["*"]` is
 * every caller without an identity, which is what plain text is.
 */
function sourceFields(from: readonly Source[]): Fields[] {
  const unique = (values: readonly string[]): string[] => [...new Set(values)].sort()
  const principals = unique(from.flatMap((one) => (one !== 'plainText' && 'principal' in one ? one.principal : [])))
  const namespaces = unique(from.flatMap((one) => (one !== 'plainText' && 'namespace' in one ? one.namespace : [])))
  return [
    ...(principals.length > 0 ? [{ source: { principals } }] : []),
    ...(namespaces.length > 0 ? [{ source: { namespaces } }] : []),
    ...(from.includes('plainText') ? [{ source: { notPrincipals: ['*'] } }] : []),
  ]
}
