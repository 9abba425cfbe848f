import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'

type Item = { metadata: { labels?: object }; spec?: Record<string, unknown> }

/** An item after a label was added at its top and a field at its end. */
function edited(text: string, spec: object = { added: true }): string {
  const { object, encode } = readPeopleItem(text)
  const item = object as Item
  return encode({
    ...item,
    metadata: { ...item.metadata, labels: { added: 'yes' } },
    spec: { ...item.spec, ...spec },
  })
}

const withoutAdded = (text: string): string => text.replace(/^ +labels:\n/m, '').replace(/^ +added: .*\n/gm, '')

describe('an edit leaves each comment where it was', () => {
  test.each([
    ['next to a key', 'spec: # why\n    a: 1'],
    ['next to a key, and more below', 'spec: # why\n    # more\n    a: 1'],
    ['next to a value', 'spec:\n    a: 1 # why'],
    ['next to the key of a list', 'spec:\n    list: # why\n    - a\n    # between\n    - b'],
    ['next to the key of a flow map', 'spec:\n    map: # why\n      {a: 1}\n    b: 2'],
    ['in an item of a list', 'spec:\n    list:\n    - # why\n      # more\n      a: 1\n    - # too\n      a: 2'],
    ['at the end of a block', 'spec:\n    deep:\n      deeper:\n        a: 1\n        # end of deeper\n    b: 2'],
    ['that is no comment', "spec:\n    text: |\n      # a line\n      a # b\n    plain: a#b\n    quoted: '# c'"],
  ])('%s', (_, spec) => {
    const text = `- kind: Example\n  metadata: # mark\n    name: example\n  ${spec}\n`
    expect(withoutAdded(edited(text))).toBe(text)
  })

  test('below the last value, with what is added above it', () => {
    const text = '- metadata:\n    name: example\n  spec:\n    a:\n      b:\n        c: 1\n  # a: 2\n  # end\n'
    expect(withoutAdded(edited(text))).toBe(text)
    expect(edited(text)).toMatch(/ {4}added: true\n {2}# a: 2\n {2}# end\n$/)
  })
})

test('a comment below the last value never becomes a part of a text that is added above it', () => {
  const text = '- metadata:\n    name: example\n  spec:\n    a:\n      b:\n        c: 1\n      # end\n'
  const after = edited(text, { script: 'one\ntwo\n' })
  expect(readPeopleItem(after).object).toMatchObject({ spec: { script: 'one\ntwo\n' } })
  expect(after).toContain('# end')
})
