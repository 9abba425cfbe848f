import { copyOf, ExactInteger } from '../../functions/lib/exact-integer.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { readWithJsYaml } from '../../functions/lib/yaml/js-yaml-reader.ts'
import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import { MAX_ALIASED_NODES, unshare } from '../../functions/lib/yaml/unshare.ts'
import { asYaml, needsEscapes, writeJson } from '../../functions/lib/yaml/write-json.ts'

/** As `kustomize build` 5.5 prints these strings for a function. */
test.each([
  [
    'hexadecimal digits beyond 64 bits',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0x52908400098527886E0F7030069857D2E4169EE7',
  ],
  ['with a sign', '+0x1FFFFFFFFFFFFFFFFFFFFF', '+0x1FFFFFFFFFFFFFFFFFFFFF'],
  ['octal', '0o7777777777777777777777777777777', '0o7777777777777777777777777777777'],
  ['binary', `-0b${'1'.repeat(77)}`, `-0b${'1'.repeat(77)}`],
  ['a number beyond a double', '1e400', '1e400'],
  ['<<', '!!merge <<', '<<'],
  ['U+2028, which Go takes for a line break', "'a\u2028      b c\u2029      d'", 'a\u2028b c\u2029d'],
  ['U+2028 at the end', "'x\u2028'", 'x\u2028'],
  ['U+2028 at the start of a line', '|-\n      b\n\u2028      c\n        d\n', 'b\n\u2028c\n  d'],
  ['U+2028 in a literal', '|\n      b\u2028      c\n        d\u2028        e\n', 'b\u2028c\n  d\u2028  e\n'],
  ['a literal that looks like a merge', '|\n      !!merge <<\n      x: !!merge <<\n', '!!merge <<\nx: !!merge <<\n'],
  ['private-use characters around digits', '\uE0E1123\uE0E1', '\uE0E1123\uE0E1'],
])('a string of Kustomize stays that string: %s', (_, written, value) => {
  const object = readCanonicalYaml(`- data:\n    key: ${written}\n`)
  expect(object).toEqual([{ data: { key: value } }])
  expect(JSON.parse(writeJson(object))).toEqual(object)
})

test('numbers stay numbers, with all their digits', () => {
  const object = readCanonicalYaml('- a: 9007199254740993\n  b: -3\n  c: 1.5\n  d: 1e+20\n')
  expect(writeJson(copyOf(object))).toBe('[{"a":9007199254740993,"b":-3,"c":1.5,"d":100000000000000000000}]')
})

test('an exact integer is a type of its own, so no text is ever taken for one', () => {
  const data = {
    number: new ExactInteger('9007199254740993'),
    text: '9007199254740993',
    mark: '\uE0E17\uE0E1',
    '\uE0E17': 'x"7',
  }
  expect(writeJson(data)).toBe(
    '{"number":9007199254740993,"text":"9007199254740993","mark":"\uE0E17\uE0E1","\uE0E17":"x\\"7"}',
  )
  expect(copyOf(data)).toEqual(data)
})

test.each(['0xFFFFFFFFFFFFFFFFFFFFFF', `0b${'1'.repeat(70)}`])(
  'digits of another base that Go holds for no number are a string for people too: %s',
  (text) => expect(readPeopleItem(`- a: ${text}\n`).object).toEqual({ a: text }),
)

describe('in YAML of any style, Kustomize means', () => {
  test.each<[string, string, unknown]>([
    [
      'JSON values',
      '{a: 1, b: -1.5, c: 1e3, d: true, e: null, f: ~}',
      { a: 1, b: -1.5, c: 1000, d: true, e: null, f: null },
    ],
    [
      'strings by all else',
      '{a: yes, b: 0x1F, c: 01, d: 2001-12-14, e: 1:30, f: 1e400}',
      { a: 'yes', b: '0x1F', c: '01', d: '2001-12-14', e: '1:30', f: '1e400' },
    ],
    ['what a tag says', '{a: !!int "5", b: !!float "1.5", c: !!str 5}', { a: 5, b: 1.5, c: '5' }],
    ['all digits', '{a: 9007199254740993}', { a: new ExactInteger('9007199254740993') }],
    ['a field by a quoted <<', '"<<": {a: 1}\n', { '<<': { a: 1 } }],
    ['a field by a tagged <<', '!!merge <<: {a: 1}\nb: 1\n', { '<<': { a: 1 }, b: 1 }],
    [
      'a string by one that looks like a merge key',
      "a: 'x << : y'\nb: null\nc: [1]\n",
      { a: 'x << : y', b: null, c: [1] },
    ],
  ])('%s', (_, text, value) => expect(readWithJsYaml(text)).toEqual(value))

  test.each(['<<: {a: 1}\n', 'b: {<<: {a: 1}}\n', 'b: [{c: 1,<< : {a: 1}}]\n', 'b:\n  - <<: {a: 1}\n'])(
    'no merge key: %j',
    (text) => expect(() => readWithJsYaml(text)).toThrow('found a merge key (<<), which Kustomize never writes'),
  )

  test('copies by aliases', () => {
    const { a, b } = readWithJsYaml('a: &x {n: [1, null]}\nb: *x\n') as Record<string, unknown>
    expect([a, b]).toEqual([{ n: [1, null] }, { n: [1, null] }])
    expect(a).not.toBe(b)
  })
})

describe('after U+2028, Go writes the indentation of the next line, which is none of the string', () => {
  test.each<[string, string, unknown]>([
    ['in a literal that is an item', 'a:\n- |\n  b\u2028  c\n- d\n', { a: ['b\u2028c\n', 'd'] }],
    ['in a literal that is an item of an item', 'a:\n- - |\n    b\u2028    c\n  - d\n', { a: [['b\u2028c\n', 'd']] }],
    ['in a literal below the key of an item', '- a: |\n    b\u2028    c\n  d: 1\n', [{ a: 'b\u2028c\n', d: 1 }]],
    [
      'in a literal that goes on behind an empty line',
      'a: |\n  b\u2028  c\n\n  d\u2028  e\n',
      { a: 'b\u2028c\n\nd\u2028e\n' },
    ],
    ['in a line behind a literal', "a: |\n  b\nc: 'd\u2028  e'\n", { a: 'b\n', c: 'd\u2028e' }],
    ['in a literal that begins with it', 'a: |\n\u2028  b\n  c\n', { a: '\u2028b\nc\n' }],
    ['in a folded block', 'a: >-\n  b\u2028  c\n', { a: 'b\u2028c' }],
    ['in a text with a key of the name <<', "a: 'b\u2028  c'\n!!merge <<: d\n", { a: 'b\u2028c', '<<': 'd' }],
    [
      'in a text with such a key in an item',
      "- a: 'b\u2029  c'\n- !!merge <<: d\n",
      [{ a: 'b\u2029c' }, { '<<': 'd' }],
    ],
    ['in a text with such a value', "a: 'b\u2029  c'\nd:\n- e: !!merge <<\n", { a: 'b\u2029c', d: [{ e: '<<' }] }],
  ])('%s', (_, text, value) => expect(readWithJsYaml(text)).toEqual(value))
})

describe('plain data in which nothing is shared', () => {
  test('is a copy, place by place', () => {
    const shared = { n: [1, null, undefined] }
    const integer = new ExactInteger('9007199254740993')
    const copy = unshare({ a: shared, b: shared, c: integer, d: null, e: 'f', ['__proto__']: { g: 1 } }) as Record<
      string,
      object
    >
    expect(copy).toEqual({ a: shared, b: shared, c: integer, d: null, e: 'f', ['__proto__']: { g: 1 } })
    expect(copy.a).not.toBe(copy.b)
    expect(copy.c).toBe(integer)
    expect(Object.hasOwn(copy, '__proto__')).toBe(true)
  })

  test('stands for so many nodes by aliases, and no more', () => {
    const list = [1]
    // The first place is no alias, and a number is no node that could be shared.
    const places = (aliases: number): unknown[] => Array.from({ length: 1 + aliases }, () => list)
    expect(() => unshare(places(MAX_ALIASED_NODES))).not.toThrow()
    expect(() => unshare(places(MAX_ALIASED_NODES + 1))).toThrow(RangeError)
  })
})

test.each<[string, boolean]>([
  ['\u0085', true],
  ['a\u2028', true],
  ['\u2029a', true],
  ['\ufeff', true],
  ['\ufffe', true],
  ['\uffff', true],
  ['\u007f', true],
  ['\u009f', true],
  ['\u00a0', false],
  ['a b~', false],
  ['', false],
])('%j needs an escape in YAML: %s', (text, expected) => {
  expect(needsEscapes(text)).toBe(expected)
  expect(asYaml(text) !== text).toBe(expected)
  expect(JSON.parse(asYaml(JSON.stringify(text)))).toBe(text)
  expect(asYaml(text)).toMatch(/^(?:[^\\]|\\u[0-9a-f]{4})*$/)
})
