import { parseDocument } from 'yaml'
import { cutEnd, lexemesOf, placeComments } from '../../functions/lib/yaml/comments.ts'
import { materialiseAliases, reconcile } from '../../functions/lib/yaml/edit-nodes.ts'
import { OPTIONS, parseYaml, toPlain } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { parserReason } from '../../functions/lib/yaml/parser-reason.ts'
import { MAX_ALIASED_NODES } from '../../functions/lib/yaml/unshare.ts'

describe('Kubernetes reads', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['off', false],
    ['0o17', '0o17'],
    ['017', 15],
    ['1:30', '1:30'],
    ['2001-12-14', '2001-12-14'],
    ['.', '.'],
    ['.5', 0.5],
    ['._5', '._5'],
    ['1_0.5_0', 10.5],
    ['e-0', 'e-0'],
    ['.5e1', 5],
    ['1_0e1', 100],
    ['1e400', '1e400'],
    ['0x1F', 31],
    ['0xFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFF'],
    ['-0x8000000000000001', '-0x8000000000000001'],
    ["'<<'", '<<'],
    ['!!set {a, b}', { a: null, b: null }],
  ])('%s', (text, expected) => {
    expect(parseYaml(`key: ${text}\n`)).toEqual({ key: expected })
  })

  test('a merge key as the fields of what it names, and a quoted one as a key', () => {
    expect(parseYaml('base: &base {a: 1, b: 2}\nit: {<<: *base, b: 3}\n')).toMatchObject({ it: { a: 1, b: 3 } })
    expect(parseYaml('base: &base {a: 1}\nit: {"<<": *base}\n')).toMatchObject({ it: { '<<': { a: 1 } } })
    expect(parseYaml('it: {<<: [{a: 1}, {a: 2, b: 2}]}\n')).toMatchObject({ it: { a: 1, b: 2 } })
  })

  test('no key twice, and no alias that stands for too much', () => {
    expect(() => parseYaml('a: 1\na: 2\n')).toThrow('the key "a" is twice in one map')
    const list = `list: &list [${'1,'.repeat(1000)}]\n`
    const aliases = `all: [${'*list,'.repeat(Math.ceil(MAX_ALIASED_NODES / 1000))}]\n`
    expect(() => parseYaml(list + aliases)).toThrow(RangeError)
    expect(() => parseYaml(`${list}all: [*list]\n`)).not.toThrow()
  })
})

describe('the reason of a parser', () => {
  test.each<[string, string]>([
    [
      'Nested mappings are not allowed: a: hunter2 at line 12, column 30:\n\na: hunter2',
      'Nested mappings are not allowed at line 12, column 30:',
    ],
    [
      'Unresolved alias (the anchor must be set before the alias): hunter2',
      'Unresolved alias (the anchor must be set before the alias)',
    ],
    ['unknown tag !<tag:hunter2> (12:30)', 'unknown tag (12:30)'],
    ['unidentified alias "hunter2" (1:3)', 'unidentified alias (1:3)'],
  ])('is said without what was written: %j', (message, expected) => {
    expect(parserReason(new Error(message))).toBe(expected)
  })

  test('may be no error', () => {
    expect(parserReason('stopped\nhere')).toBe('stopped')
  })
})

describe('the end of an item', () => {
  test.each<[string, string]>([
    ['- a:\n    b: 1\n', '# end\n'],
    ['- a:\n    b: 1\n    # of b\n', '  # end\n# more\n'],
    ['- a:\n    - b: 1\n', '  # end\n'],
    ['- a: |\n    # text\n', '# end\n'],
    ['- a: 1\n', ''],
    ['- a: 1', ''],
    ['# alone\n', ''],
    ['', ''],
  ])('is behind %j', (item, end) => {
    expect(cutEnd(item + end)).toEqual([item, end])
  })
})

describe('comments', () => {
  test('are told from text that looks like one', () => {
    const comments = lexemesOf('a: "#no" # yes\nb: |\n  # no\nc: d#no\n').filter(({ isComment }) => isComment)
    expect(comments.map(({ text }) => text)).toEqual(['# yes'])
  })

  test.each<[string, string, string]>([
    ['next to the key that it was next to', 'a: # why\n  b: 1\n', 'a:\n  # why\n  b: 1\n'],
    ['behind the dash that it was behind', '- # why\n  a: 1\n', '# why\n- a: 1\n'],
    ['several of them', '- # why\n  # more\n  a: 1\n', '# why\n# more\n- a: 1\n'],
    ['at their indent', 'a:\n  b: 1\n# end\n', 'a:\n  b: 1\n  # end\n'],
  ])('come back %s', (_, source, written) => {
    expect(placeComments(source, written)).toBe(source)
  })

  test('stay where they are if there are others', () => {
    expect(placeComments('a: # why\n  b: 1\n', 'a:\n  # other\n  b: 1\n')).toBe('a:\n  # other\n  b: 1\n')
    expect(placeComments('a: # why\n  b: 1\n', 'a:\n  b: 1\n')).toBe('a:\n  b: 1\n')
  })
})

describe('an edit of nodes', () => {
  const edited = (text: string, after: unknown): string => {
    const document = parseDocument(text, OPTIONS)
    reconcile(document, [], toPlain(document.contents, document), after)
    return document.toString({ lineWidth: 0, flowCollectionPadding: false })
  }

  test.each<[string, string, unknown, string]>([
    ['an item that is new at the start', '- 1 # one\n- 2 # two\n', [0, 1, 2], '- 0\n- 1 # one\n- 2 # two\n'],
    ['an item that is new at the end', '- 1 # one\n- 2\n', [1, 2, 3], '- 1 # one\n- 2\n- 3\n'],
    [
      'items by their names',
      '- name: b # b\n- name: a # a\n',
      [{ name: 'a' }, { name: 'b' }],
      '- name: a # a\n- name: b # b\n',
    ],
    ['an item of a new name', '- name: a # a\n', [{ name: 'c' }, { name: 'a' }], '- name: c\n- name: a # a\n'],
    ['a value, whose comment stays', 'a: 1 # one\n', { a: 2 }, 'a: 2 # one\n'],
    ['a key that goes', 'a: 1\nb: 2 # two\n', { b: 2 }, 'b: 2 # two\n'],
    ['a text that looks like a number', 'a: x\n', { a: '0o17' }, 'a: "0o17"\n'],
    ['a text that looks like a time', 'a: x\n', { a: '1:30:05.25' }, 'a: "1:30:05.25"\n'],
    ['a text that looks like a date', 'a: x\n', { a: '2001-12-14t21:59:43' }, 'a: "2001-12-14t21:59:43"\n'],
    [
      'one of two places of an alias',
      'a: &x {n: 1}\nb: *x\n',
      { a: { n: 1 }, b: { n: 2 } },
      'a: &x {n: 1}\nb: {n: 2}\n',
    ],
    ['a value with an anchor', 'a: &x 1\nb: *x\n', { a: 2, b: 2 }, 'a: &x 2\nb: 2\n'],
  ])('keeps what stays: %s', (_, text, after, expected) => {
    expect(edited(text, after)).toBe(expected)
  })

  test('may write every alias out, down to those of aliases', () => {
    const document = parseDocument('a: &x {n: 1}\nb: &y {x: *x}\nc: *y\n', OPTIONS)
    materialiseAliases(document)
    expect(String(document)).not.toContain('*')
    expect(toPlain(document.contents, document)).toEqual({ a: { n: 1 }, b: { x: { n: 1 } }, c: { x: { n: 1 } } })
  })
})
