import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import { readBlockYaml } from '../../functions/lib/yaml/block-yaml.ts'
import { readWithJsYaml } from '../../functions/lib/yaml/js-yaml-reader.ts'

test('reads maps, lists, scalars and literals as Kustomize prints them', () => {
  const text = `- apiVersion: v1
  kind: ConfigMap
  metadata:
    annotations:
      example.com/number: "123"
      '*': 'it''s'
    name: a:b
  empty:
  list:
  - - 1
  data:
    clip: |
      a

        b
    keep: |+
      a

    strip: |-
      a
  binary: true
`
  expect(readBlockYaml(text.replace('  - - 1\n', '  - 1\n  - x: 1.5\n    y: []\n'))).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { annotations: { 'example.com/number': '123', '*': "it's" }, name: 'a:b' },
      empty: null,
      list: [1, { x: 1.5, y: [] }],
      data: { clip: 'a\n\n  b\n', keep: 'a\n\n', strip: 'a' },
      binary: true,
    },
  ])
  expect(readBlockYaml(text)).toBeUndefined()
})

test.each([
  ['an anchor', 'a: &x b\n'],
  ['a tag', 'a: !!str b\n'],
  ['a merge', '!!merge <<: b\n'],
  ['a flow', 'a: [b]\n'],
  ['a comment', 'a: b # c\n'],
  ['a comment line', '# c\na: b\n'],
  ['a blank line', 'a: b\n\nc: d\n'],
  ['a scalar over lines', 'a: b\n  c\n'],
  ['a folded scalar', 'a: >\n  b\n'],
  ['a literal with its indentation', 'a: |2\n   b\n'],
  ['a key that is there twice', 'a: b\na: c\n'],
  ['a key that JavaScript has a meaning for', '__proto__: b\n'],
  ['a key that is no string', 'null: b\n'],
  ['CRLF', 'a: b\r\n'],
  ['U+2028', 'a: b\u2028\n'],
  ['half an emoji', 'a: \ud83d\n'],
  ['an escape that JSON lacks', 'a: "\\x41"\n'],
  ['a wrong indentation', 'a:\n    b: c\n  d: e\n'],
  ['no line break at the end', 'a: b'],
])('leaves %s to a parser of all YAML', (_, text) => expect(readBlockYaml(text)).toBeUndefined())

describe('a value on one line means what it means to a parser of all YAML', () => {
  test.each<[string, unknown]>([
    ['-1', -1],
    ['0', 0],
    ['10', 10],
    ['1.5', 1.5],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['1.5e+3', 1500],
    ['2E-1', 0.2],
    ['9007199254740993', new ExactInteger('9007199254740993')],
    ['01', '01'],
    ['+1', '+1'],
    ['.5', '.5'],
    ['1.', '1.'],
    ['1e', '1e'],
    ['0x1F', '0x1F'],
    ['1e400', '1e400'],
    ['1.2.3', '1.2.3'],
    ['-', undefined],
    ['-a', '-a'],
    ['~', null],
    ['null', null],
    ['Null', null],
    ['NULL', null],
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['truer', 'truer'],
    ['yes', 'yes'],
    ['a:b', 'a:b'],
    ['a#b', 'a#b'],
    ['a - b', 'a - b'],
    ["it's", "it's"],
    ["'it''s'", "it's"],
    ["''", ''],
    ["'# a: b'", '# a: b'],
    ['""', ''],
    ['"a\\n\\"b\\""', 'a\n"b"'],
    ['{}', {}],
    ['[]', []],
    ['\u00e9 \ud7ff \ue000 \ufffd', '\u00e9 \ud7ff \ue000 \ufffd'],
  ])('%s', (written, value) => {
    expect(readBlockYaml(`a: ${written}\n`)).toEqual(value === undefined ? undefined : { a: value })
    expect(readBlockYaml(`- ${written}\n`)).toEqual(value === undefined ? undefined : [value])
    if (value !== undefined) expect(readWithJsYaml(`a: ${written}\n`)).toEqual({ a: value })
  })
})

describe('a key means what it means to a parser of all YAML', () => {
  test.each<[string, string]>([
    ['kind', 'kind'],
    ['_a.b/c-d', '_a.b/c-d'],
    ['.a', '.a'],
    ['a:b', 'a:b'],
    ["'a b'", 'a b'],
    ["'null'", 'null'],
    ['"a: b"', 'a: b'],
    ['"1"', '1'],
    ['f:spec', 'f:spec'],
  ])('%s', (written, key) => {
    for (const text of [`${written}: 1\n`, `${written}: 1\n`, `- ${written}: 1\n`])
      expect(readBlockYaml(text)).toEqual(text.startsWith('- ') ? [{ [key]: 1 }] : { [key]: 1 })
    expect(readBlockYaml(`${written}:\n  b: 1\n`)).toEqual({ [key]: { b: 1 } })
  })

  // Each is tried before and after the key is known, because a known key is read another way.
  test.each([
    'once:  b',
    'once:b',
    'once: ',
    'once:\t',
    'once : b',
    '"a\\"b": c',
    '1a: b',
    '-a: b',
    'true: b',
    '"a" : b',
  ])('not: %j', (line) => {
    expect(readBlockYaml(`${line}\n`)).toBeUndefined()
    expect(readBlockYaml('once: b\n')).toEqual({ once: 'b' })
    expect(readBlockYaml(`${line}\n`)).toBeUndefined()
  })
})

describe('blocks end where their indentation does', () => {
  test.each<[string, string, unknown]>([
    ['maps in maps', 'a:\n  b:\n    c: 1\n  d: 2\ne: 3\n', { a: { b: { c: 1 }, d: 2 }, e: 3 }],
    ['a list as deep as its key', 'a:\n- 1\n- 2\nb: 3\n', { a: [1, 2], b: 3 }],
    ['a list deeper than its key', 'a:\n  - 1\n  - 2\nb: 3\n', { a: [1, 2], b: 3 }],
    ['maps in a list', '- a: 1\n  b: 2\n- c:\n    d: 3\n', [{ a: 1, b: 2 }, { c: { d: 3 } }]],
    ['a list in a map in a list', '- a:\n  - 1\n  b: 2\n', [{ a: [1], b: 2 }]],
    ['nothing below a key', 'a:\nb:\n', { a: null, b: null }],
    ['a literal in a list', '- |\n  a\n   b\n- |-\n  c\n', ['a\n b\n', 'c']],
    ['a literal below a key of an item', '- a: |\n    b\n  c: 1\n', [{ a: 'b\n', c: 1 }]],
    ['a literal with empty lines', 'a: |\n  b\n\n\n  c\n\nd: 1\n', { a: 'b\n\n\nc\n', d: 1 }],
    ['a literal that keeps its end', 'a: |+\n  b\n\n\nd: 1\n', { a: 'b\n\n\n', d: 1 }],
    ['a literal that is stripped', 'a: |-\n  b\n\n\nd: 1\n', { a: 'b', d: 1 }],
    ['a literal that looks like keys', 'a: |\n  b: 1\n  - c\n', { a: 'b: 1\n- c\n' }],
  ])('%s', (_, text, value) => {
    expect(readBlockYaml(text)).toEqual(value)
    expect(readWithJsYaml(text)).toEqual(value)
  })

  test.each([
    ['an item that is less deep', '  - 1\n- 2\n'],
    ['a key that is less deep', '  a: 1\nb: 2\n'],
    ['a key that is deeper', 'a: 1\n  b: 2\n'],
    ['a key below an item of the list', '- 1\n  a: 2\n'],
    ['an item below a map', 'a: 1\n- 2\n'],
    ['a literal that is as deep as its key', 'a:\n  b: |\n  c\n'],
    ['a literal without lines', 'a: |\nb: 1\n'],
    ['a literal that begins with an empty line', 'a: |\n\n  b\n'],
    ['text behind the mark of a literal', 'a: |b\n'],
    ['a comment behind the mark of a literal', 'a: | # b\n  c\n'],
    ['a line of spaces', 'a: 1\n  \nb: 2\n'],
    ['text alone', 'a\n'],
    ['nothing', '\n'],
  ])('and what is indented otherwise is left to that parser: %s', (_, text) =>
    expect(readBlockYaml(text)).toBeUndefined(),
  )
})

test.each([
  '?b',
  ':b',
  ',b',
  '[b',
  ']b',
  '{b',
  '}b',
  '#b',
  '&b',
  '*b',
  '!b',
  '>b',
  "'b",
  '"b',
  '%b',
  '@b',
  '`b',
  '- b',
  'b #c',
  'b ',
  'b\tc',
  '" b',
  "'a\tb'",
  '\u007f',
  '\ufeff',
  '\uffff',
])('a value that needs a parser of all YAML is left to it: %j', (written) => {
  expect(readBlockYaml(`a: ${written}\n`)).toBeUndefined()
  expect(readBlockYaml(`- ${written}\n`)).toBeUndefined()
})
