/** Appends items to a list. `push(...items)` passes each as an argument, of which there may be some hundred thousand at most. */
export function addAll<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}

/** Puts other items in the place of those of a list. */
export function refill<T>(list: T[], items: readonly T[]): void {
  list.length = 0
  addAll(list, items)
}
