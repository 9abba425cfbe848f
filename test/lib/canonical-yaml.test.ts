import { copyOf, ExactInteger } from '../../functions/lib/exact-integer.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import { writeJson } from '../../functions/lib/yaml/write-json.ts'

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
