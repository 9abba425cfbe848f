import { isDeepStrictEqual } from 'node:util'
import * as z from '../../functions/lib/framework/lazy-zod.ts'
import { NO, parse } from '../../functions/lib/framework/parse-lazily.ts'

// A policy is read without zod where it fits. Each of these values is read by both, which have to agree.

const text = z.string().check(z.minLength(2))
const size = z.int().check(z.gte(1), z.lte(9))
const inner = z.strictObject({ a: z.optional(size), b: z._default(z.boolean(), true) })

const SCHEMAS = {
  string: z.string(),
  'string of a length': text,
  'string of a form': z.string().check(z.regex(/^a/), z.describe('begins with a')),
  number: z.number().check(z.minimum(1), z.maximum(9)),
  int: size,
  boolean: z.boolean(),
  literal: z.literal('a'),
  'one of two literals': z.literal(['a', false]),
  enum: z.enum(['a', 'b']),
  array: z.array(size).check(z.minLength(1)),
  'array of maps': z.array(inner),
  'array of what may be absent': z.array(z.optional(size)),
  object: z.object({ a: size }),
  strictObject: inner,
  looseObject: z.looseObject({ a: z.optional(size) }),
  catchall: z.catchall(z.object({ a: z.optional(z.string()) }), size),
  record: z.record(z.string(), size),
  'record by keys of a form': z.record(z.string().check(z.regex(/^[ab]$/)), z._default(size, 1)),
  partialRecord: z.partialRecord(z.enum(['a', 'b']), size),
  union: z.union([size, text, inner]),
  'union with a default': z.union([z._default(size, 3), z.string()]),
  'union that may be absent': z.union([size, z.optional(z.string())]),
  optional: z.optional(size),
  'optional default': z.optional(z._default(size, 3)),
  'optional prefault that does not fit': z.optional(z.prefault(size, 0)),
  nullable: z.nullable(size),
  'nullable optional': z.nullable(z.optional(size)),
  'nullable default': z.nullable(z._default(size, 3)),
  'default list': z._default(z.array(size), [1]),
  'default map': z._default(inner, { b: false }),
  'default of what may be absent': z._default(z.optional(size), 3),
  prefault: z.prefault(inner, { a: 2 }),
  refine: z.string().check(z.refine((value) => value.length === 1, 'one letter')),
  check: z.string().check(
    z.check((context) => {
      if (context.value === 'b') context.issues.push({ code: 'custom', input: context.value, message: 'no b' } as never)
    }),
  ),
}

const VALUES: readonly unknown[] = [
  undefined,
  null,
  '',
  'a',
  'b',
  'ab',
  'ba',
  '😀',
  0,
  1,
  9,
  10,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  true,
  false,
  [],
  [1],
  [0],
  [undefined],
  ['a'],
  [{ a: 1 }],
  [{ a: 0 }],
  {},
  { a: 1 },
  { a: 0 },
  { a: undefined },
  { a: null },
  { a: 'x' },
  { b: 2 },
  { b: undefined },
  { b: false },
  { a: 1, b: 2 },
  { a: 1, c: 3 },
  { c: 'x' },
  { c: undefined },
  JSON.parse('{"__proto__": 1, "a": 1}'),
  JSON.parse('{"__proto__": "x"}'),
  Object.assign(Object.create(null), { a: 1 }),
  new Date(0),
  new Map([['a', 1]]),
]

/** As zod reads it: the value with its defaults, or NO. */
function readByZod(schema: unknown, value: unknown): unknown {
  const parsed = z.zod().safeParse(z.asZod(schema) as never, value) as { success: boolean; data?: unknown }
  return parsed.success ? parsed.data : NO
}

describe.each(Object.entries(SCHEMAS))('%s', (_, schema) => {
  test.each<[string, unknown]>([
    ['alone', schema],
    ['in a field', z.strictObject({ a: schema as never })],
    ['in a field that may be absent', z.strictObject({ a: z.optional(schema as never) })],
    ['in a field with null', z.object({ a: z.nullable(schema as never), b: z.optional(z.int()) })],
    ['in a list', z.array(schema as never)],
    ['in a record', z.record(z.string(), schema as never)],
    ['as one of two', z.union([schema as never, z.literal('other')])],
  ])('is read as zod reads it, %s', (_place, placed) => {
    const values = [...VALUES, ...VALUES.flatMap((one) => [{ a: one }, [one]])]
    const differing = values.filter((value) => !isDeepStrictEqual(parse(placed, value), readByZod(placed, value)))
    expect(differing).toEqual([])
  })
})

test('what a default gives is a copy each time', () => {
  const [list, map] = [z._default(z.array(size), [1]), z.strictObject({ a: z._default(inner, { b: false }) })]
  expect(parse(list, undefined)).not.toBe(parse(list, undefined))
  expect((parse(map, {}) as { a: object }).a).not.toBe((parse(map, {}) as { a: object }).a)
})

test('a schema of zod itself is read by zod', () => {
  const schema = z.zod().strictObject({ a: z.zod().optional(z.zod().string()) })
  expect(parse(schema, { a: 'x' })).toEqual({ a: 'x' })
  expect(parse(schema, { a: 1 })).toBe(NO)
  expect(parse(z.strictObject({ it: schema as never, other: z.optional(z.int()) }), { it: {} })).toEqual({ it: {} })
  expect(Object.keys(z.shapeOf(schema))).toEqual(['a'])
  expect(Object.keys(z.shapeOf(inner))).toEqual(['a', 'b'])
})
