import type { Schema } from '../../functions/flux-conventions/schemas/schemas.ts'
import { misfits } from '../../functions/flux-conventions/schemas/validate.ts'

/** `path: expected` of every misfit. */
const expectedOf = (value: unknown, schema: Schema): string[] =>
  misfits(value, schema, ['spec']).map(({ path, expected }) => `${path.join('.')}: ${expected}`)

test.each<[string, unknown[], unknown[]]>([
  ['string', ['a', ''], [1, true, [], {}]],
  ['boolean', [true, false], ['true', 1]],
  ['integer', [1, -1], [1.5, '1']],
  ['number', [1, 1.5], ['1', true]],
  ['integerOrString', [1, 'a'], [1.5, true, []]],
  ['array', [[], [1]], [{}, 'a']],
  ['object', [{}, { a: 1 }], [[], 'a']],
])('of type %s are %j, and not %j', (type, those, others) => {
  for (const value of those) expect(expectedOf(value, { type })).toEqual([])
  for (const value of others) expect(expectedOf(value, { type })).toHaveLength(1)
})

test.each<[Schema, unknown[], unknown, string]>([
  [{ minimum: 2 }, [2, 3], 1, 'at least 2'],
  [{ maximum: 2 }, [2, 1], 3, 'at most 2'],
  [{ minLength: 2 }, ['ab', 'abc'], 'a', 'at least 2 characters'],
  [{ maxLength: 2 }, ['ab', 'a'], 'abc', 'at most 2 characters'],
  [{ minItems: 1 }, [[1], [1, 2]], [], 'at least 1 items'],
  [{ maxItems: 1 }, [[1], []], [1, 2], 'at most 1 items'],
  [{ enum: ['a', 'b'] }, ['a', 'b'], 'c', 'one of a, b'],
  [{ pattern: '^a+$' }, ['a', 'aa'], 'b', 'text that matches ^a+$'],
])('%j is what fits %j, and not %j: %s', (schema, those, other, expected) => {
  for (const value of those) expect(expectedOf(value, schema)).toEqual([])
  expect(expectedOf(other, schema)).toEqual([`spec: ${expected}`])
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a variable of Flux', `\${SIZE}`],
  ['a variable in a text', `a-\${SIZE}`],
  ['a variable of Kubernetes', '$(SIZE)'],
])('%s fits whatever is asked for', (_, value) => {
  expect(expectedOf(value, { type: 'integer', minimum: 2 })).toEqual([])
})

describe('a map', () => {
  const properties = { size: { type: 'integer' }, name: { type: 'string' } }

  test('has the fields that it must have, of their types', () => {
    expect(expectedOf({ size: 'x' }, { properties, required: ['size', 'name'] })).toEqual([
      'spec.name: a string, because it is required',
      'spec.size: a whole number',
    ])
    expect(expectedOf({}, { type: 'object', required: ['other'] })).toEqual([
      'spec.other: a value, because it is required',
    ])
  })

  test('has no field that its definition does not know, unless it is open or has none', () => {
    expect(expectedOf({ weight: 1 }, { properties })).toEqual(['spec.weight: one of size, name'])
    expect(expectedOf({ weight: 1 }, { type: 'object', properties })).toEqual(['spec.weight: one of size, name'])
    expect(expectedOf({ weight: 1 }, { properties, open: true })).toEqual([])
    expect(expectedOf({ weight: 1 }, { type: 'object' })).toEqual([])
    expect(expectedOf({ weight: 1 }, {})).toEqual([])
  })

  test('and a list have values that fit too', () => {
    const additionalProperties = { type: 'array', items: { type: 'integer' } }
    expect(expectedOf({ a: [1, 'x'], b: [2] }, { additionalProperties })).toEqual(['spec.a.1: a whole number'])
  })
})
