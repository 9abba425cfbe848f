/**
 * Something that is not healthy, and the ids of what it waits for, the likeliest first. Ids of what is healthy are ignored.
 */
export interface Link {
  id: string
  causes: readonly string[]
}

/** What has one explanation: one link, or the links of a circle, with what follows from it. */
export interface Explained<T extends Link> {
  /** One; several only in a circle. */
  links: [T, ...T[]]
  /** The path round the circle, from an id back to itself. */
  circle?: string[]
  /** Ids of the other root causes that it also waits for. */
  also: string[]
  effects: Explained<T>[]
  /** How many links this is, effects included. */
  size: number
}

/**
 * The root causes, each with what it explains, and so on: every link is in the answer once, below the first of its causes.
 * Links that wait for each other in a circle are a root cause together, because nothing else could help them. `compare`
 * orders root causes, and the effects of one cause. Linear in links and causes, whatever the graph.
 */
export function explain<T extends Link>(
  links: readonly T[],
  compare: (a: Explained<T>, b: Explained<T>) => number,
): Explained<T>[] {
  const byId = new Map(links.map((link) => [link.id, link]))
  const causes = new Map(links.map(({ id, causes: all }) => [id, all.filter((cause) => byId.has(cause))]))
  const partOf = new Map<string, Explained<T>>()
  // Effects come before their causes.
  const parts = componentsOf(causes).map((ids) => {
    const part = partFrom(ids.toSorted(), byId, causes)
    for (const id of ids) partOf.set(id, part)
    return part
  })
  const roots = new Map<Explained<T>, Explained<T>>()
  const causesOf = (part: Explained<T>): Explained<T>[] =>
    part.links.flatMap(({ id }) => (causes.get(id) ?? []).flatMap((cause) => partOf.get(cause) ?? []))
  for (const part of parts.toReversed()) {
    const cause = part.circle ? undefined : causesOf(part)[0]
    roots.set(part, cause ? (roots.get(cause) ?? cause) : part)
    cause?.effects.push(part)
  }
  for (const part of parts) {
    for (const effect of part.effects) part.size += effect.size
    const others = causesOf(part).map((cause) => roots.get(cause) ?? cause)
    part.also = [...new Set(others)].filter((root) => root !== roots.get(part)).map(({ links: [first] }) => first.id)
    part.effects.sort(compare)
  }
  return parts.filter((part) => roots.get(part) === part).sort(compare)
}

function partFrom<T extends Link>(
  ids: readonly string[],
  byId: ReadonlyMap<string, T>,
  causes: ReadonlyMap<string, readonly string[]>,
): Explained<T> {
  const links = ids.flatMap((id) => byId.get(id) ?? []) as [T, ...T[]]
  const circle = circleThrough(links[0].id, new Set(ids), causes)
  return { links, ...(circle && { circle }), also: [], effects: [], size: links.length }
}

/** The shortest path from an id back to itself through these ids. */
function circleThrough(
  start: string,
  ids: ReadonlySet<string>,
  causes: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const cameFrom = new Map<string, string>()
  for (const queue = [start]; queue.length > 0; ) {
    const id = queue.shift() as string
    for (const next of causes.get(id) ?? []) {
      if (!ids.has(next) || cameFrom.has(next)) continue
      cameFrom.set(next, id)
      if (next === start) return wayTo(start, cameFrom)
      queue.push(next)
    }
  }
  return undefined
}

function wayTo(start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [start]
  do way.unshift(cameFrom.get(way[0] as string) as string)
  while (way[0] !== start)
  return way
}

/** Groups of ids that lead to each other, each group before those that it leads to. Source: Kosaraju's algorithm. */
function componentsOf(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const previous = new Map<string, string[]>([...next.keys()].map((id) => [id, []]))
  for (const [id, all] of next) for (const one of all) previous.get(one)?.push(id)
  const ids = [...next.keys()].sort()
  const seen = new Set<string>()
  const order = ids.flatMap((id) => reachedFrom(id, next, seen)).reverse()
  seen.clear()
  return order.map((id) => reachedFrom(id, previous, seen)).filter((group) => group.length > 0)
}

/** What is reached for the first time, each after what it leads to. */
function reachedFrom(start: string, next: ReadonlyMap<string, readonly string[]>, seen: Set<string>): string[] {
  if (seen.has(start)) return []
  seen.add(start)
  const done: string[] = []
  const way = [{ id: start, left: [...(next.get(start) ?? [])] }]
  for (let top = way.at(-1); top; top = way.at(-1)) {
    const id = top.left.pop()
    if (id === undefined) {
      done.push(top.id)
      way.pop()
    } else if (!seen.has(id)) {
      seen.add(id)
      way.push({ id, left: [...(next.get(id) ?? [])] })
    }
  }
  return done
}
