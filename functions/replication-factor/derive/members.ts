import { valueAt } from '../../lib/kubernetes/objects.ts'
import { type Scalable, wholeNumber } from '../replicas/scalable.ts'
import type { TEMPLATE_KEYS } from './rule.ts'

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
