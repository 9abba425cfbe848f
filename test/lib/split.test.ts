import { split } from '../../functions/lib/resource-list/split.ts'

const HEADER = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n'
const CONFIG = 'functionConfig:\n  kind: Test\n'
const listOf = (items: string): string => `${HEADER}items:\n${items}${CONFIG}`

describe('a ResourceList of the usual shape is split, and every byte of its items is kept', () => {
  test.each<[string, string, string[]]>([
    ['items one after another', '- a: 1\n  b: 2\n- c: 3\n', ['- a: 1\n  b: 2\n', '- c: 3\n']],
    ['a comment goes with the item below it', '- a: 1\n# of c\n- c: 3\n', ['- a: 1\n', '# of c\n- c: 3\n']],
    ['so do several, and empty lines', '- a: 1\n# of\n\n  # c\n- c: 3\n', ['- a: 1\n', '# of\n\n  # c\n- c: 3\n']],
    [
      'a comment amid an item stays in it',
      '- a: 1\n# here\n  b: 2\n- c: 3\n',
      ['- a: 1\n# here\n  b: 2\n', '- c: 3\n'],
    ],
    ['a comment above another section stays with the item', '- a: 1\n# end\n', ['- a: 1\n# end\n']],
    ['a dash alone', '-\n  # of a\n  a: 1\n-\r\n  b: 2\r\n', ['-\n  # of a\n  a: 1\n', '-\r\n  b: 2\r\n']],
    ['text with U+2028 before a dash', '- a: "\u2028- b"\n', ['- a: "\u2028- b"\n']],
  ])('%s', (_, items, expected) => {
    expect(split(listOf(items))).toEqual({ items: expected, functionConfig: CONFIG, header: HEADER })
  })

  test('results of an earlier run are left out', () => {
    const results = 'results:\n- message: a\n- message: b\n  severity: info\n'
    const expected = { items: ['- a: 1\n'], functionConfig: CONFIG, header: HEADER }
    expect(split(`${HEADER}items:\n- a: 1\n${results}${CONFIG}`)).toEqual(expected)
    expect(split(`${HEADER}${results}items:\n- a: 1\n${CONFIG}`)).toEqual(expected)
  })

  test('the sections may stand in any order, with lines above them, and the last line may lack its end', () => {
    expect(split(`\n\n# a list\n${CONFIG}metadata: {name: a - b}\n${HEADER}items:\n- a: 1`)).toEqual({
      items: ['- a: 1\n'],
      functionConfig: CONFIG,
      header: HEADER,
    })
  })

  test('no apiVersion, functionConfig or items need be there', () => {
    expect(split('kind: ResourceList\nitems: []\n')).toEqual({
      items: [],
      functionConfig: undefined,
      header: 'kind: ResourceList\n',
    })
  })
})

describe('any other shape is left to a parser', () => {
  test.each([
    ['no items', HEADER],
    ['no kind', 'apiVersion: v1\nitems:\n- a: 1\n'],
    ['indented items', `${HEADER}items:\n  - a: 1\n`],
    ['a map in place of the items', `${HEADER}items:\n  a:\n    items:\n`],
    ['items on the line of the key', `${HEADER}items: [{a: 1}]\n`],
    ['a key that is no section', listOf('- a: 1\n').replace('kind:', 'sort: 1\nkind:')],
    ['a section that is there twice', `${listOf('- a: 1\n')}kind: Other\n`],
    ['items that are there twice', `${listOf('- a: 1\n')}items:\n- b: 1\n`],
    ['an item below another key', `${HEADER}- a: 1\nitems:\n- b: 1\n`],
    ['a document marker', `---\n${listOf('- a: 1\n')}`],
    ['JSON', '{"kind": "ResourceList", "items": []}'],
  ])('%s', (_, text) => expect(split(text)).toBeUndefined())
})
