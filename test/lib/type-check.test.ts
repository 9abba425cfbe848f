import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import {
  describeMistyped,
  isPlaceholder,
  nameOfType,
  type Shape,
  shapeAt,
  typeErrors,
} from '../../functions/lib/kubernetes/type-check.ts'

const BIG = new ExactInteger('9007199254740993')

describe('a value of the type that the API decodes, or a placeholder for one, is no error', () => {
  test.each<[Shape, unknown[], unknown[]]>([
    ['boolean', [true, false], ['true', 1, {}, []]],
    ['integer', [0, -1, 80, 2 ** 31], [1.5, '80', BIG, Number.NaN, true]],
    ['count', [0, 1, 2 ** 31 - 1], [-1, 2 ** 31, 1.5, '1', BIG]],
    ['string', ['', 'a', '1'], [1, true, {}, [], BIG]],
    ['required', ['', 'a'], [1, true, {}]],
    ['integerOrString', [0, 80, 'http', ''], [1.5, true, {}, [], BIG]],
    [['string'], [[], ['a']], ['a', {}, 1, BIG]],
    [{ a: 'string' }, [{}, { a: 'b', other: 1 }, { a: null }], ['a', [], 1, BIG]],
    [{ '*': 'string' }, [{}, { a: 'b', c: 'd' }], ['a', [], { a: 1 }, { a: 'b', c: 1 }]],
  ])('%j', (shape, right, wrong) => {
    for (const value of [...right, null, undefined]) expect(typeErrors(value, shape, [])).toEqual([])
    for (const value of wrong) expect(typeErrors(value, shape, [])).toHaveLength(1)
    if (typeof shape === 'string') expect(typeErrors('${VALUE}', shape, [])).toEqual([])
  })
})

test('an error says where the value is, what it is, and what was expected', () => {
  const shape: Shape = { list: [{ name: 'required', port: 'integer' }], flag: 'boolean', map: { '*': ['string'] } }
  const value = { list: [{ name: 'a', port: BIG }, { port: '1' }, null, 'b'], flag: 'yes', map: { a: 'b' }, other: 1 }
  expect(typeErrors(value, shape, ['spec', 0])).toEqual([
    { path: ['spec', 0, 'list', 0, 'port'], found: BIG, expected: 'a whole number of fewer digits' },
    { path: ['spec', 0, 'list', 1, 'name'], found: undefined, expected: 'a string' },
    { path: ['spec', 0, 'list', 1, 'port'], found: '1', expected: 'a whole number' },
    { path: ['spec', 0, 'list', 2], found: null, expected: 'an item' },
    { path: ['spec', 0, 'list', 3], found: 'b', expected: 'a map' },
    { path: ['spec', 0, 'flag'], found: 'yes', expected: 'a boolean' },
    { path: ['spec', 0, 'map', 'a'], found: 'b', expected: 'a list' },
  ])
})

test('a field that the value only inherits is not there', () => {
  expect(typeErrors({}, { constructor: 'string', toString: 'string' } as Shape, [])).toEqual([])
  expect(typeErrors(Object.create({ a: 1 }), { '*': 'string' }, [])).toEqual([])
})

test('the shape at a path', () => {
  expect(typeErrors({ a: { b: 1 } }, shapeAt(['a', 'b'], 'string'), [])).toMatchObject([{ path: ['a', 'b'] }])
  expect(shapeAt([], 'string')).toBe('string')
})

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'null'],
  [[], 'a list'],
  [{}, 'a map'],
  [BIG, 'a number'],
  ['', 'a string'],
  [1, 'a number'],
  [true, 'a boolean'],
])('messages call %j %s', (value, name) => expect(nameOfType(value)).toBe(name))

test.each<[unknown, boolean]>([
  ['true', true],
  ['false', true],
  ['80', true],
  ['80a', false],
  ['a80', false],
  ['not true', false],
  [80, false],
])('%j may lose its quotes: %s', (found, expected) => {
  expect(describeMistyped({ path: [], found, expected: 'a boolean' }).endsWith('remove the quotes')).toBe(expected)
})

test.each<[unknown, boolean]>([
  ['${NAME}', true],
  ['${NAME:=a}', true],
  ['$(NAME)', true],
  ['a${NAME}', false],
  ['${NAME}a', false],
  ['${A}${B}', false],
  ['$(A)$(B)', false],
  ['${}', false],
  ['$()', false],
  ['$NAME', false],
  [1, false],
])('%j is a placeholder and nothing else: %s', (value, expected) => expect(isPlaceholder(value)).toBe(expected))
