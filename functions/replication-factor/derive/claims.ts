import { identity } from '../../lib/kubernetes/objects.ts'
import type { Place } from './field.ts'

/** What rules have written so far, by place: the one that came last would win, and nobody would hear of the other. */
export class Claims {
  readonly #byPlace = new Map<string, { rule: string; value: string }>()

  /** Notes what a rule writes at a place; answers what contradicts it: another rule, and its value as JSON. */
  make(
    { object, field, part = '' }: Place,
    rule: string,
    wanted: unknown,
  ): { rule: string; value: string } | undefined {
    const key = [identity(object), field, part].join('\n')
    const value = JSON.stringify(wanted)
    const present = this.#byPlace.get(key)
    if (!present) this.#byPlace.set(key, { rule, value })
    return present && present.value !== value ? present : undefined
  }
}
