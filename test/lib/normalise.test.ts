import { InputError } from '../../functions/lib/framework/input-error.ts'
import { normalise } from '../../functions/lib/resource-list/normalise.ts'

test.each<[string, string, string]>([
  [
    'a flow',
    '{kind: ResourceList, items: [{a: 1}, {b: "x"}], functionConfig: {kind: Test}}',
    'kind: ResourceList\nitems:\n- { a: 1 }\n- { b: "x" }\nfunctionConfig:\n  kind: Test\n',
  ],
  [
    'indented items keep their comments and spelling',
    "kind: ResourceList\nitems:\n  # of a\n  - a: 0x10 # why\n    b: 'x'\n  - c: 1\n",
    "kind: ResourceList\nitems:\n# of a\n- a: 0x10 # why\n  b: 'x'\n- c: 1\n",
  ],
  [
    'comments above the first item and below the last stay, and empty lines among them',
    'items:\n  # of a\n  #\n\n  # more\n  - a: 1\n    # end of a\n  # of b\n  - b: 1\n  # end\nkind: ResourceList\n',
    'items:\n# of a\n#\n\n# more\n- a: 1\n  # end of a\n  # of b\n- b: 1\n# end\nkind: ResourceList\n',
  ],
  [
    'an item that uses an anchor of another is written out',
    'items:\n  - a: &x {b: 1}\n  - c: *x\n',
    'items:\n- a: &x { b: 1 }\n- c:\n    b: 1\n',
  ],
  ['items that are null, as they are', '{kind: ResourceList, items: null}', 'kind: ResourceList\nitems: null\n'],
  ['items that an alias stands for', 'x: &x [{a: 1}]\nitems: *x\n', 'x:\n- a: 1\nitems:\n- a: 1\n'],
  ['items of another kind, as they are', 'kind: ConfigMap\nitems:\n  a: 1\n', 'kind: ConfigMap\nitems:\n  a: 1\n'],
  ['no items', 'kind: ResourceList\nitems: []\n', 'kind: ResourceList\nitems: []\n'],
  ['a key that is no text is none of a ResourceList', '? [a]\n: 1\nitems: [{a: 1}]\n', 'items:\n- { a: 1 }\n'],
])('a ResourceList of any shape is written with its items at column 0: %s', (_, text, expected) => {
  expect(normalise(text)).toBe(expected)
})

test.each([
  ['text', 'hello', 'input/not-a-resource-list'],
  ['a list', '- a: 1\n', 'input/not-a-resource-list'],
  ['a map of items', 'kind: ResourceList\nitems:\n  a: {kind: Pod}\n', 'input/items-not-a-list'],
  ['text for items', 'kind: ResourceList\nitems: a\n', 'input/items-not-a-list'],
])('what is none is refused: %s', (_, text, id) => {
  expect(() => normalise(text)).toThrow(
    expect.objectContaining({ constructor: InputError, findings: [expect.objectContaining({ id })] }),
  )
})

test('YAML that does not parse is refused with the reason of the parser', () => {
  expect(() => normalise('items: [')).toThrow(/at line 1/)
})
