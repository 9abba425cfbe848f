/** Map keys and list indices from the root of an object or text. */
export type FieldPath = readonly (string | number)[]

/** One step of a pattern: a key or index, any one of them, or any number of them. */
type Step = string | number | typeof ANY | typeof DEEP
const ANY = Symbol('any')
const DEEP = Symbol('deep')

const STEP = '\\["[^"\\]]+"\\]|\\[(?:\\d+|\\*)\\]|[^.[\\]"]+'
/** `spec.images.*`, `spec["a.b"][0].**.image`: `*` is any key or index, `**` any number of them. */
export const PATTERN = new RegExp(`^(?:${STEP})(?:\\.?(?:${STEP}))*$`)

/** The paths of a value that a pattern names, in the order of the value. */
export const pathsOf = (value: unknown, pattern: string): FieldPath[] => [...expand(value, parse(pattern), [])]

function parse(pattern: string): Step[] {
  return [...pattern.matchAll(new RegExp(STEP, 'g'))].map(([text]) => {
    if (text === '*' || text === '[*]') return ANY
    if (text === '**') return DEEP
    if (text.startsWith('["')) return text.slice(2, -2)
    return text.startsWith('[') ? Number(text.slice(1, -1)) : text
  })
}

function* expand(value: unknown, steps: readonly Step[], path: FieldPath): Generator<FieldPath> {
  const [step, ...rest] = steps
  if (step === undefined) yield path
  else if (step === DEEP) {
    yield* expand(value, rest, path)
    for (const [key, child] of childrenOf(value)) yield* expand(child, steps, [...path, key])
  } else
    for (const [key, child] of childrenOf(value))
      if (step === ANY || step === key) yield* expand(child, rest, [...path, key])
}

function childrenOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
