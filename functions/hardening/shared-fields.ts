import { type Fields, isFields } from '../lib/kubernetes/objects.ts'

/** What a Hardening says once, for every section that takes it. */
export const SHARED = ['flows', 'elsewhere', 'gateways', 'flux'] as const

/**
 * The field of a single kind that holds the `spec` of the Hardening of which it is a part. Kustomize cannot copy a field that
 * may be absent, as each of those that are shared may be, but it can copy all of them together.
 */
export const WHOLE = 'hardening'

/** What a policy of any kind declares for all functions, as it is written. */
export function declaredBy(policy: Fields): Fields {
  const written = isFields(policy.spec) ? policy.spec : {}
  const whole = written[WHOLE]
  const fields = isFields(whole) ? { ...whole, ...written } : written
  return Object.fromEntries(SHARED.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])))
}
