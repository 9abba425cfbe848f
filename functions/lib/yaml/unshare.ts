/** How many nodes aliases may stand for in one text: a manifest needs dozens, a billion-laughs text far more. */
export const MAX_ALIASED_NODES = 10_000

/**
 * A copy of plain data in which no two places share an object, so that an edit of one container never shows in another.
 * Throws RangeError where aliases stand for more nodes than any manifest needs.
 */
export function unshare(root: unknown): unknown {
  const seen = new WeakSet<object>()
  let aliased = 0
  const walk = (node: unknown, inAlias: boolean): unknown => {
    if (typeof node !== 'object' || node === null) return node
    const shared = inAlias || seen.has(node)
    if (shared && ++aliased > MAX_ALIASED_NODES)
      throw new RangeError(`aliases stand for more than ${MAX_ALIASED_NODES} nodes`)
    seen.add(node)
    if (Array.isArray(node)) return node.map((item) => walk(item, shared))
    if (Object.getPrototypeOf(node) !== Object.prototype) return node
    const copy = {}
    for (const [key, value] of Object.entries(node))
      Object.defineProperty(copy, key, {
        value: walk(value, shared),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    return copy
  }
  return walk(root, false)
}
