import { parseDocument } from 'yaml'
import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import { hasBreaksOfGo } from '../../functions/lib/yaml/breaks-of-go.ts'
import { cutEnd, lexemesOf, placeComments } from '../../functions/lib/yaml/comments.ts'
import { materialiseAliases, reconcile } from '../../functions/lib/yaml/edit-nodes.ts'
import { keyOf, OPTIONS, parseYaml, resolve, toPlain } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { asLinesOfGo, requireOneReading } from '../../functions/lib/yaml/line-breaks.ts'
import { parserReason } from '../../functions/lib/yaml/parser-reason.ts'
import { readPeopleItem, styleOf, writePeopleItem } from '../../functions/lib/yaml/round-trip.ts'
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
    ['.5_5e1', 5.5],
    ['.e1', '.e1'],
    ['1.5_0e-1', 0.15],
    ['-1', -1],
    ['+1', 1],
    ['99999999999999999999', new ExactInteger('99999999999999999999')],
    ['-99999999999999999999', new ExactInteger('-99999999999999999999')],
    ['0xFFFFFFFFFFFFFFFF', new ExactInteger('18446744073709551615')],
    ['-0x8000000000000000', new ExactInteger('-9223372036854775808')],
    ['0x10000000000000000', '0x10000000000000000'],
    ['.inf', Number.POSITIVE_INFINITY],
    ['1:30:00', '1:30:00'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['!!omap [a: 1]', [{ a: 1 }]],
    ['~', null],
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

  test('a key as it is written, not as the value that it looks like', () => {
    expect(parseYaml('{n: 1, 8080: 2, 0x10: 3, null: 4, "a": 5, __proto__: 6}')).toEqual(
      Object.fromEntries(Object.entries({ n: 1, 8080: 2, '0x10': 3, null: 4, a: 5, ['__proto__']: 6 })),
    )
    expect(keyOf('a')).toBe('a')
  })

  test('the fields of what is merged only where a map is merged', () => {
    expect(parseYaml('it: {<<: null, b: 1}\n')).toEqual({ it: { b: 1 } })
    expect(parseYaml('it: {<<: [{a: 1}, null]}\n')).toEqual({ it: { a: 1 } })
    expect(parseYaml('it: {a: 0, <<: {a: 1, b: 2}}\n')).toEqual({ it: { a: 0, b: 2 } })
  })

  test('an alias only where its anchor is above it', () => {
    const document = parseDocument('a: &x 1\nb: *x\n', OPTIONS)
    expect(String(resolve(document.get('b', true) as never, document))).toBe('1')
    const other = parseDocument('a: 1\n', OPTIONS)
    expect(() => resolve(document.get('b', true) as never, other)).toThrow(ReferenceError)
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
    ['- a:\n    b: 1\n    # of b\n', '  # end of a\n# end\n'],
    ['- a:\n    b:\n      c: 1 # of c\n      # of c too\n', '    # end\n  # more\n# last\n'],
    ['- # of a\n  a:\n    - 1\n    - 2\n', '  # end\n'],
    ["- a: '# no'\n", '# end\n'],
    ['- a: # of a\n', '# end\n'],
    ['- a: 1\n', ''],
    ['- a: 1 # of a', ''],
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
    ['behind the dash of the second item', 'x:\n- a: 1\n- # why\n  a: 2\n', 'x:\n- a: 1\n# why\n- a: 2\n'],
    ['next to a value that is a block', 'a: # why\n- b\nc: # too\n  d: 1\n', 'a:\n# why\n- b\nc:\n  # too\n  d: 1\n'],
    ['several next to a key', 'a: # one\n  # two\n  b: 1\n', 'a:\n  # one\n  # two\n  b: 1\n'],
    ['above all', '# top\na: 1\n', '# top\na: 1\n'],
    ['no deeper than they were written', 'a:\n  b: 1\n  # end\nc: 1\n', 'a:\n  b: 1\n    # end\nc: 1\n'],
    ['at their indent', 'a:\n  b: 1\n# end\n', 'a:\n  b: 1\n  # end\n'],
  ])('come back %s', (_, source, written) => {
    expect(placeComments(source, written)).toBe(source)
  })

  test('that were not behind a dash are put behind none', () => {
    expect(placeComments('a - # why\n- b: 1\n', '# why\n- b: 1\n')).toBe('# why\n- b: 1\n')
    expect(placeComments('- # why\n  a: 1\n', '# why\nb: 1\n')).toBe('# why\nb: 1\n')
  })

  test('that are next to something stay next to it', () => {
    expect(placeComments('# why\na: 1\n', 'a: 1 # why\n')).toBe('a: 1 # why\n')
  })

  test('are each found in a text of thousands of lines', () => {
    const written = Array.from({ length: 500 }, (_, index) => `k${index}:\n  # why ${index}\n  a: 1\n`).join('')
    const source = written.replaceAll(/\n {2}#/g, ' #')
    expect(placeComments(source, written)).toBe(source)
  })

  test('stay where they are if there are others', () => {
    expect(placeComments('a: 1 # one\n', 'a: 1 # one\n# two\n')).toBe('a: 1 # one\n# two\n')
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
    ['a text that looks like a number of another base', 'a: x\n', { a: '-0B1' }, 'a: "-0B1"\n'],
    ['a text that looks like a time of Go', 'a: x\n', { a: '1:30' }, 'a: "1:30"\n'],
    ['a text that looks like a date alone', 'a: x\n', { a: '2001-1-4' }, 'a: "2001-1-4"\n'],
    ['a text that is no number, time or date', 'a: x\n', { a: '1:75 0o 2001-12' }, 'a: 1:75 0o 2001-12\n'],
    ['a text that needs an escape', 'a: x\n', { a: 'x\u2028' }, 'a: "x\\u2028"\n'],
    ['a lone dot', 'a: x\n', { a: '.' }, 'a: "."\n'],
    [
      'a number with more digits than JavaScript has',
      'a: x\n',
      { a: new ExactInteger('9007199254740993') },
      'a: 9007199254740993\n',
    ],
    [
      'a comment above, and an empty line',
      '# why\na: 1\n\n# too\nb: 1\n',
      { a: 2, b: 2 },
      '# why\na: 2\n\n# too\nb: 2\n',
    ],
    ['a map that becomes text', 'a: {b: 1} # why\nc: 1\n', { a: 'x', c: 1 }, 'a: x\nc: 1\n'],
    ['a list that becomes a map', 'a: [1]\n', { a: { b: 1 } }, 'a:\n  b: 1\n'],
    [
      'a list that becomes longer in the middle',
      '- 1 # one\n- 3 # three\n',
      [1, 2, 3],
      '- 1 # one\n- 2\n- 3 # three\n',
    ],
    ['a list that becomes shorter at the start', '- 1 # one\n- 2 # two\n', [2], '- 2 # two\n'],
    ['a list that becomes shorter at the end', '- 1 # one\n- 2 # two\n', [1], '- 1 # one\n'],
    ['an item of a list of as many', '- 1 # one\n- 2 # two\n', [1, 3], '- 1 # one\n- 3 # two\n'],
    [
      'a field of an item of a name',
      '- name: a # a\n  n: 1\n- name: b\n',
      [{ name: 'b' }, { name: 'a', n: 2 }],
      '- name: b\n- name: a # a\n  n: 2\n',
    ],
    ['a new key, behind the others', 'a: 1 # one\n', { a: 1, b: { c: [1] } }, 'a: 1 # one\nb:\n  c:\n    - 1\n'],
    ['a key that is written as a number', '8080: a # why\n', { 8080: 'b' }, '8080: b # why\n'],
    ['a key that goes, and is written as a boolean', 'n: 1\na: 1\n', { a: 1 }, 'a: 1\n'],
    [
      'a key that a merge brings, by writing it out',
      'x: &x {a: 1}\ny:\n  <<: *x\n',
      { x: { a: 1 }, y: { a: 2 } },
      'x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n',
    ],
    ['a value with an anchor', 'a: &x 1\nb: *x\n', { a: 2, b: 2 }, 'a: &x 2\nb: 2\n'],
  ])('keeps what stays: %s', (_, text, after, expected) => {
    expect(edited(text, after)).toBe(expected)
  })

  test('may write an alias out, without a second anchor', () => {
    expect(edited('a: &x {n: 1}\nb: *x\nc: *x\n', { a: { n: 1 }, b: { n: 1, m: 2 }, c: { n: 1 } })).toBe(
      'a: &x {n: 1}\nb: {n: 1, m: 2}\nc: *x\n',
    )
  })

  test('may write every alias out, down to those of aliases', () => {
    const document = parseDocument('a: &x {n: 1}\nb: &y {x: *x}\nc: *y\n', OPTIONS)
    materialiseAliases(document)
    expect(String(document)).not.toContain('*')
    expect(toPlain(document.contents, document)).toEqual({ a: { n: 1 }, b: { x: { n: 1 } }, c: { x: { n: 1 } } })
  })
})

describe('the style of a text', () => {
  test.each<[string, { flowCollectionPadding?: boolean; indentSeq?: boolean }]>([
    ['a: [b]\n', { flowCollectionPadding: false }],
    ['a: [ b ]\n', { flowCollectionPadding: true }],
    ['a: {b: 1}\n', { flowCollectionPadding: false }],
    ['a: { b: 1 }\n', { flowCollectionPadding: true }],
    ['a:\n- b\n', { indentSeq: false }],
    ['a:\n  - b\n', { indentSeq: true }],
    ['a: \r\n  - b\r\n', { indentSeq: true }],
    ['- a:\n  - b\n', { indentSeq: false }],
    ['- a:\n    - b\n', { indentSeq: true }],
    ['- - a:\n      - b\n', { indentSeq: true }],
    ['  a:\n  - b\n', { indentSeq: false }],
    ['- a\n', { indentSeq: false }],
    ['# a:\n  - b\n', { indentSeq: false }],
    ['- - b\n', { indentSeq: false }],
    ['a: b\n  - c\n', { indentSeq: false }],
    ['x: 1\na:\n  - b\n', { indentSeq: true }],
  ])('%j', (text, style) => expect(styleOf(text)).toMatchObject({ lineWidth: 0, ...style }))
})

describe('an item of people', () => {
  test('is written again where no edit of its text means what it should', () => {
    const { encode } = readPeopleItem('- &x {a: 1}\n')
    expect(encode({ a: [1, 'x'] })).toBe('- &x {a: [1, x]}\n')
    expect(readPeopleItem('text\n').encode({ b: [1] })).toBe('- b:\n  - 1\n')
  })

  test('is the first of a list, or what else the text is', () => {
    expect(readPeopleItem('- a\n').object).toBe('a')
    expect(readPeopleItem('a: 1\n').object).toEqual({ a: 1 })
  })

  test('that is new is written in blocks', () => {
    expect(writePeopleItem({ a: [1, { b: '0o1' }], c: {} })).toBe('- a:\n  - 1\n  - b: "0o1"\n  c: {}\n')
  })

  test('has 50,000 lines of comments at most', () => {
    const item = (comments: number): string => `- a: 1\n${'\t  # b\n'.repeat(comments)}`
    expect(readPeopleItem(item(50_000)).object).toEqual({ a: 1 })
    expect(() => readPeopleItem(item(50_001))).toThrow(RangeError)
    expect(() => readPeopleItem(`- |\n${'  b\n'.repeat(50_001)}`)).not.toThrow()
  })

  test('that does not parse is refused', () => {
    expect(() => readPeopleItem('- a: [\n')).toThrow(/at line/)
  })
})

describe('the lines that Go sees', () => {
  test.each<[string, string]>([
    ['a: b\rc: d\n', 'a: b\nc: d\n'],
    ["# it's\rc: d\n", "# it's\nc: d\n"],
    ['a: b"\u2028c: d\n', 'a: b"\nc: d\n'],
    ['a: "b\u2028c"\n', 'a: "b c"\n'],
    ["a: 'b\u0085c'\n", "a: 'b c'\n"],
    ['a: |\n  "b\u2029  c\n', 'a: |\n  "b\n  c\n'],
    ['a: b\r\n', 'a: b\r\n'],
    ['!!merge <<: a\n', '"<<": a\n'],
  ])('%j is %j', (text, expected) => expect(asLinesOfGo(text)).toBe(expected))

  test.each<[string, boolean]>([
    ['\ra', true],
    ['a\r', true],
    ['a\r\n', false],
    ['\u0085', true],
    ['\u2028', true],
    ['\u2029', true],
    ['a\n', false],
  ])('%j has one that the parsers here do not see: %s', (text, expected) => expect(hasBreaksOfGo(text)).toBe(expected))

  test.each<[unknown, unknown, boolean]>([
    ['a b', 'ab', true],
    ['a\u0085b', 'a b', true],
    [{ 'a b': ['c '] }, { ab: ['c'] }, true],
    [{ a: null, b: 1 }, { a: null, b: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [['a'], ['a', 'b'], false],
    ['a', 'b', false],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
  ])('%j and %j are one reading: %s', (here, toGo, expected) => {
    const require = () => requireOneReading(here, toGo)
    if (expected) expect(require).not.toThrow()
    else expect(require).toThrow(SyntaxError)
  })
})
