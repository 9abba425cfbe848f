import { readBlockYaml } from '../../functions/lib/yaml/block-yaml.ts'

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
