import type { KubernetesObject } from '../kubernetes/objects.ts'
import { selects } from '../kubernetes/selector.ts'
import * as z from './lazy-zod.ts'

/** Selects objects; every field that is given must match. Names may use `*`. */
export const matchSchema = z.strictObject({
  kind: z.optional(z.string()).check(z.describe('Kind of the object')),
  name: z.optional(z.string()).check(z.describe('Name; `*` stands for any characters')),
  namespace: z.optional(z.string()).check(z.describe('Namespace; `*` stands for any characters')),
  labels: z.optional(z.record(z.string(), z.string())).check(z.describe('Labels that the object must carry')),
})
export type Match = z.infer<typeof matchSchema>

/** Does the text match a pattern in which `*` stands for any characters? */
export const matchesPattern = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let position = first.length
  for (const part of rest) {
    const found = text.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  return position <= text.length - last.length
}

export const matches = (match: Match, object: KubernetesObject): boolean =>
  (match.kind === undefined || match.kind === object.kind) &&
  (match.name === undefined || matchesPattern(match.name, object.metadata.name)) &&
  (match.namespace === undefined || matchesPattern(match.namespace, object.metadata.namespace ?? '')) &&
  selects(match.labels ?? {}, object.metadata.labels ?? {})
