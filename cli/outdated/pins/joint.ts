import type { Answer } from '../versions/origins.ts'
import type { Edit, Pin, Place } from './pin.ts'

/** Tells what is written in one place of the tree from everything else. */
export const editKey = ({ document }: Place, edit: Edit | undefined): string => `${document.file} ${edit?.start}`

/** The same of a place, by its version. */
export const placeKey = (place: Place): string => editKey(place, place.edits[0])

/**
 * For each pin, those that move together with it, itself included: one place sets them all, directly or through others, such
 * as a patch of several charts.
 */
export function jointly(pins: readonly Pin[]): (pin: Pin) => readonly Pin[] {
  const groups = new Map<string, Pin[]>()
  for (const pin of pins) {
    const met = new Set(pin.places.flatMap((place) => groups.get(placeKey(place)) ?? []))
    const group = [...met, pin]
    for (const place of group.flatMap(({ places }) => places)) groups.set(placeKey(place), group)
  }
  return (pin) => pin.places.map((place) => groups.get(placeKey(place))).find((group) => group?.includes(pin)) ?? [pin]
}

/** The versions of a pin that all pins have which move with it; none where one is not known. */
export function commonVersions(
  pin: Pin,
  group: readonly Pin[],
  answerTo: (pin: Pin) => Answer | undefined,
): readonly string[] {
  const versionsOf = (one: Pin): readonly string[] => {
    const answer = answerTo(one)
    return answer && 'versions' in answer ? answer.versions : []
  }
  const others = group.filter((one) => one !== pin).map((one) => new Set(versionsOf(one).map(plain)))
  return versionsOf(pin).filter((version) => others.every((list) => list.has(plain(version))))
}

/** Registries and indexes write one version in two ways. */
const plain = (version: string): string => version.replace(/^v/, '').replace('_', '+')
