import { copyOf, ExactInteger, exactInteger, toJson } from '../../functions/lib/exact-integer.ts'

const BIG = '9007199254740993'

test('an integer is a number as long as JavaScript has it exactly', () => {
  expect(exactInteger(9007199254740991, '9007199254740991')).toBe(9007199254740991)
  expect(exactInteger(Number(BIG), BIG)).toEqual(new ExactInteger(BIG))
  expect(exactInteger(-3, '-3')).toBe(-3)
})

test('JSON has all digits, and is else what JavaScript writes', () => {
  const data = { a: [1, 'x"y', null, true, { b: 1.5 }], c: {}, d: [], e: '\n' }
  expect(toJson({ n: new ExactInteger(BIG), list: [new ExactInteger(`-${BIG}`)], data })).toBe(
    `{"n":${BIG},"list":[-${BIG}],"data":${JSON.stringify(data)}}`,
  )
})

test('JSON leaves out fields that are undefined, and has null for such items', () => {
  const data = { a: undefined, b: [undefined, 1], c: { d: undefined }, n: new ExactInteger(BIG) }
  expect(toJson(data)).toBe(`{"b":[null,1],"c":{},"n":${BIG}}`)
})

test('of what has no such integer, JSON is the same whether one was met before or not', () => {
  const data = { a: [1, null, 'b', { c: undefined, d: [undefined] }] }
  const before = ExactInteger.isInUse
  try {
    const texts = [true, false].map((isInUse) => {
      ExactInteger.isInUse = isInUse
      return toJson(data)
    })
    expect(texts).toEqual([JSON.stringify(data), JSON.stringify(data)])
  } finally {
    ExactInteger.isInUse = before
  }
})

test('where somebody else writes the JSON, the digits are text', () => {
  expect(JSON.stringify({ n: new ExactInteger(BIG) })).toBe(`{"n":"${BIG}"}`)
})

test('a copy shares nothing with what it is of, and has no fields that are undefined', () => {
  const integer = new ExactInteger(BIG)
  const data = { map: { a: 1 }, list: [{ b: 2 }], text: 'c', none: null, absent: undefined, integer }
  const copy = copyOf(data)
  expect(copy).toStrictEqual({ map: { a: 1 }, list: [{ b: 2 }], text: 'c', none: null, integer })
  copy.map.a = 2
  copy.list[0] = { b: 3 }
  expect([data.map.a, data.list[0]?.b]).toEqual([1, 2])
  expect(copy.integer).toBe(integer)
})

test('a copy has a key that JavaScript has a meaning for as its own', () => {
  const copy = copyOf(JSON.parse('{"__proto__": {"a": 1}, "b": 2}'))
  expect(Object.keys(copy)).toEqual(['__proto__', 'b'])
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect(JSON.stringify(copy)).toBe('{"__proto__":{"a":1},"b":2}')
})
