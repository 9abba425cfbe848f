import type { FieldPath } from '../../lib/kubernetes/objects.ts'

/** Map keys and list indices from the root of an object or text. */

/** One step of a pattern: a key or index, any key or index, or any number of them. */
type Step = string | number | typeof ANY | typeof DEEP
const ANY = Symbol('any')
const DEEP = Symbol('deep')

const STEP = '\\["[^"\\]]+"\\]|\\[(?:\\d+|\\*)\\]|[^.[\\]"]+'
/** `spec.images.*`, `spec["a.b"][0].**.image`: `*` is any key or index, `**` any number of them. */
export const PATTERN = new RegExp(`^(?:${STEP})(?:\\.?(?:${STEP}))*$`)

/** The paths of a value that a pattern names, each once, in the order of the value. Linear in the size of the value. */
export function pathsOf(value: unknown, pattern: string): FieldPath[] {
  const steps = parse(pattern)
  const found: FieldPath[] = []
  const path: (string | number)[] = []
  const walk = (node: unknown, positions: readonly number[]): void => {
    if (positions.includes(steps.length)) found.push([...path])
    for (const [key, child] of childrenOf(node)) {
      const next = after(steps, positions, key)
      if (next.length === 0) continue
      path.push(key)
      walk(child, next)
      path.pop()
    }
  }
  walk(value, withSkips(steps, [0]))
  return found
}

/** Where in the pattern the match can be, after one more key. All of them are followed in parallel. */
const after = (steps: readonly Step[], positions: readonly number[], key: string | number): number[] =>
  withSkips(
    steps,
    positions.flatMap((position) => {
      const step = steps[position]
      if (step === DEEP) return position
      return step === ANY || step === key ? position + 1 : []
    }),
  )

/** `**` also stands for no key at all. */
function withSkips(steps: readonly Step[], positions: readonly number[]): number[] {
  const all = new Set<number>()
  for (let position of positions) {
    all.add(position)
    while (steps[position] === DEEP) all.add(++position)
  }
  return [...all]
}

function parse(pattern: string): Step[] {
  return [...pattern.matchAll(new RegExp(STEP, 'g'))].map(([text]) => {
    if (text === '*' || text === '[*]') return ANY
    if (text === '**') return DEEP
    if (text.startsWith('["')) return text.slice(2, -2)
    return text.startsWith('[') ? Number(text.slice(1, -1)) : text
  })
}

function childrenOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
