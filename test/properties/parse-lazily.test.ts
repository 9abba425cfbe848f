import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { catalog } from '../../functions/catalog.ts'
import { hardeningSchema } from '../../functions/hardening/config.ts'
import { asZod, zod } from '../../functions/lib/framework/lazy-zod.ts'
import { NO, parse } from '../../functions/lib/framework/parse-lazily.ts'
import type { Schema } from '../../functions/lib/framework/schema.ts'
import { type Fields, isFields } from '../../functions/lib/kubernetes/objects.ts'
import { examplesOf, input } from '../support/examples.ts'
import fc, { runs } from '../support/fast-check.ts'

// Reading a policy without zod must give what zod gives: the same defaults in the same order.

const schemas: Readonly<Record<string, Schema<unknown>>> = {
  Hardening: hardeningSchema,
  ...Object.fromEntries(catalog.map(({ kind, schema }) => [kind, schema])),
}

interface Policy {
  kind: string
  spec: Fields
}

const policies: Policy[] = [
  ...['hardening', ...catalog.map(({ name }) => name)]
    .flatMap(examplesOf)
    .map((example) => parseYaml(input(example).policy) as Policy),
  parseYaml(readFileSync(join(__dirname, '../../functions/hardening/policy.yaml'), 'utf8')) as Policy,
].filter(({ kind, spec }) => kind in schemas && isFields(spec))

function ofZod(kind: string, value: unknown): unknown {
  const parsed = zod().safeParse(asZod(schemas[kind]) as never, value)
  return parsed.success ? parsed.data : NO
}

/** As text, because the order of keys and undefined values count. */
const written = (value: unknown): string =>
  value === NO
    ? 'NO'
    : JSON.stringify(value, (_, inner) => (inner === undefined ? '(undefined)' : inner === Infinity ? '(∞)' : inner))

const differs = ({ kind, spec }: Policy): string | undefined => {
  const [short, long] = [written(parse(schemas[kind], spec)), written(ofZod(kind, spec))]
  return short === long ? undefined : `${kind}: ${written(spec)}\n${short}\n${long}`
}

test('the policies of the examples, of which most fit', () => {
  expect(policies.flatMap((policy) => differs(policy) ?? [])).toEqual([])
  const fitting = policies.filter(({ kind, spec }) => parse(schemas[kind], spec) !== NO)
  expect(fitting.length).toBeGreaterThan(policies.length * 0.9)
})

/** Every value of every policy, to be put where another was. */
const parts: unknown[] = []
const keys = new Set<string>(['__proto__', 'constructor', '', '0', 'off', '*'])
function collect(value: unknown): void {
  parts.push(value)
  for (const [key, inner] of typeof value === 'object' && value !== null ? Object.entries(value) : []) {
    if (isFields(value)) keys.add(key)
    collect(inner)
  }
}
for (const { spec } of policies) collect(spec)

const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...parts) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      ...[undefined, null, true, false, '', 'off', 'flows', 0, -1, 1.5, 16, 65536, 2 ** 60, Number.NaN, {}, [], [null]],
      ...[JSON.parse('{"__proto__": {}}'), new Date(0), '\u{1f600}', [{}]],
    ),
  },
)

interface Edit {
  /** Which place of the policy, counted round. */
  place: number
  how: 'replace' | 'add' | 'remove'
  key: string
  value: unknown
}
const anyEdit: fc.Arbitrary<Edit> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'add', 'remove'),
  key: fc.constantFrom(...keys),
  value: anyValue,
})

type Place = [holder: Record<string, unknown>, key: string]
const placesIn = (value: unknown): Place[] =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key): Place[] => {
        const holder = value as Record<string, unknown>
        return [[holder, key], ...placesIn(holder[key])]
      })
    : []

function edited({ kind, spec }: Policy, edits: readonly Edit[]): Policy {
  const root = structuredClone({ spec })
  for (const { place, how, key, value: shared } of edits) {
    const value = structuredClone(shared)
    const places = placesIn(root)
    const [holder, at] = places[place % places.length] as Place
    if (how === 'remove' && holder !== root) delete holder[at]
    else if (how === 'add' && isFields(holder[at]))
      Object.defineProperty(holder[at], key, { value, writable: true, enumerable: true, configurable: true })
    else holder[at] = value
  }
  return { kind, spec: root.spec }
}

test('policies with mistakes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...policies), fc.array(anyEdit, { minLength: 1, maxLength: 3 }), (policy, edits) => {
      expect(differs(edited(policy, edits))).toBeUndefined()
    }),
    { numRuns: runs(1000) },
  )
})

test('a schema with a schema of zod itself in it', () => {
  const real = zod().strictObject({ name: zod().string(), size: zod()._default(zod().int(), 3) })
  expect(parse(real, { name: 'a' })).toEqual({ name: 'a', size: 3 })
  expect(parse(real, { name: 1 })).toBe(NO)
})
