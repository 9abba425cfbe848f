import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { isScalar, isSeq, type Node, parse, parseDocument, stringify } from 'yaml'
import { readYamlText, setInYamlText } from '../../functions/lib/yaml/set-in-text.ts'
import { type TextValue, YamlTextError } from '../../functions/lib/yaml/text-values.ts'
import fc, { runs } from '../support/fast-check.ts'

const PLACEHOLDER = `\${MAX_SERIES:=100}`

const TEXT = `# Ring of the ingesters
ingester:
  ring:
    replication_factor: 3  # copies of each sample
    kvstore: {store: memberlist, prefix: 'collectors/'}
limits: &limits
  max: ${PLACEHOLDER}
ruler:
  <<: *limits
  name: "rule#1"
tracker:
  endpoints:
  # the first
  - etcd-0:2379   # zone a
  - "etcd-1:2379"

store_gateway:
  sharding_ring: *limits
  empty:
  noted: # to be set
`

describe('readYamlText', () => {
  test.each([
    ['a scalar', ['ingester', 'ring', 'replication_factor'], 3],
    ['a map', ['ingester', 'ring', 'kvstore'], { store: 'memberlist', prefix: 'collectors/' }],
    ['an item of a list', ['tracker', 'endpoints', 1], 'etcd-1:2379'],
    ['a placeholder, as it is written', ['limits', 'max'], PLACEHOLDER],
    ['a key that a merge key brings', ['ruler', 'max'], PLACEHOLDER],
    ['a key below an alias', ['store_gateway', 'sharding_ring', 'max'], PLACEHOLDER],
    ['nothing, where the text has no such path', ['ingester', 'ring', 'factor'], undefined],
    ['nothing, where a name of JavaScript is no key', ['ingester', 'toString'], undefined],
    ['the whole of it', [], parse(TEXT, { merge: true })],
  ])('reads %s', async (_, path, expected) => {
    expect(await readYamlText(TEXT, path as string[])).toEqual(expected)
  })

  test('refuses a text that is no YAML', async () => {
    await expect(readYamlText('a: {b\n', ['a'])).rejects.toThrow(/^expected one YAML document, found /)
  })

  test('refuses two documents', async () => {
    await expect(readYamlText('a: 1\n---\nb: 2\n', ['a'])).rejects.toThrow(/^expected one YAML document, found /)
  })

  test('refuses aliases that stand for billions of nodes', async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`)
    const started = Date.now()
    await expect(readYamlText(`a0: &a0 x\n${levels.join('\n')}\n`, ['a12'])).rejects.toThrow(
      /^the text cannot be read: /,
    )
    expect(Date.now() - started).toBeLessThan(2000)
  })
})

/** Text, path, value, and the only line that may differ, before and after. */
const replacements: [string, string, (string | number)[], TextValue, string, string][] = [
  ['keeps the comment behind a number', TEXT, ['ingester', 'ring', 'replication_factor'], 1, ': 3  #', ': 1  #'],
  [
    'keeps the style of a flow map',
    TEXT,
    ['ingester', 'ring', 'kvstore', 'store'],
    'etcd',
    '{store: memberlist,',
    '{store: etcd,',
  ],
  ['keeps single quotes', TEXT, ['ingester', 'ring', 'kvstore', 'prefix'], "it's/", "'collectors/'", "'it''s/'"],
  ['keeps double quotes', TEXT, ['ruler', 'name'], 'rule#2', '"rule#1"', '"rule#2"'],
  ['keeps an anchor', 'a: &x 1\nb: 2\n', ['a'], 5, '&x 1', '&x 5'],
  ['replaces an alias by a value', 'a: &x 1\nb: *x # same\n', ['b'], 5, '*x #', '5 #'],
  ['replaces one item of a list', TEXT, ['tracker', 'endpoints', 0], 'e:1', 'etcd-0:2379 ', 'e:1 '],
  [
    'replaces an item by a list of as many',
    TEXT,
    ['tracker', 'endpoints'],
    ['e:1', 'etcd-1:2379'],
    'etcd-0:2379 ',
    'e:1 ',
  ],
  ['replaces an item of a flow list', 'a: [x, "w"] # c\n', ['a'], ['x', 'v'], '"w"', '"v"'],
  ['quotes a comma within a list of a flow map', '{a: [x]}\n', ['a'], ['x', 'y,z'], '[x]', '[x, "y,z"]'],
  ['keeps quotes of an item that is replaced', 'a:\n- "x"\n- y\n', ['a', 0], 'z', '"x"', '"z"'],
  ['writes a number without the quotes of a text', 'a: "x"\n', ['a'], 1, '"x"', '1'],
  ['writes null', 'a: x\n', ['a'], null, 'a: x', 'a: null'],
  ['writes a text of two lines of Windows', 'a: b\n', ['a'], 'x\r\ny', 'a: b', 'a: "x\\r\\ny"'],
  ['takes the middle from a block list', 'a:\n- x # one\n- y # two\nb: 1\n', ['a'], ['x'], '- y # two\n', ''],
  ['fills an empty value', TEXT, ['store_gateway', 'empty'], 7, 'empty:\n', 'empty: 7\n'],
  ['fills an empty value before a comment', TEXT, ['store_gateway', 'noted'], 7, 'noted: # to', 'noted: 7 # to'],
  ['fills an empty value of a flow map', '{a: , b: 1}\n', ['a'], 2, '{a: ,', '{a: 2,'],
  ['quotes what YAML 1.1 would take for a boolean', 'a: b\n', ['a'], 'yes', 'a: b', 'a: "yes"'],
  ['quotes what YAML 1.1 would take for a base-60 number', 'a: b\n', ['a'], '12:30', 'a: b', 'a: "12:30"'],
  ['quotes a comma only within a flow map', 'a: b\n', ['a'], 'x,y', 'a: b', 'a: x,y'],
  ['keeps a placeholder plain', 'a: b\n', ['a'], PLACEHOLDER, 'a: b', `a: ${PLACEHOLDER}`],
  ['writes one line in place of a block scalar', 'a: |\n  x\n  y\nb: 1\n', ['a'], 'z', '|\n  x\n  y\n', 'z\n'],
  ['writes one line for a text of several', 'a: b\n', ['a'], 'x\ny', 'a: b', 'a: "x\\ny"'],
  ['writes a list in place of nothing', TEXT, ['store_gateway', 'empty'], ['a', 'b'], 'empty:\n', 'empty: [a, b]\n'],
  ['writes a list in place of a scalar', TEXT, ['ruler', 'name'], [1, 2], '"rule#1"', '[1, 2]'],
  ['writes a scalar in place of a list', 'a:\n- x\n- y\nb: 1\n', ['a'], 3, '\n- x\n- y\n', '\n  3\n'],
  ['empties a block list', 'a:\n- x\nb: 1\n', ['a'], [], '\n- x\n', '\n  []\n'],
  [
    'adds to a block list, at its indentation',
    TEXT,
    ['tracker', 'endpoints'],
    ['etcd-0:2379', 'etcd-1:2379', 'etcd-2:2379'],
    '"etcd-1:2379"\n',
    '"etcd-1:2379"\n  - etcd-2:2379\n',
  ],
  [
    'takes from a block list, and keeps the comment of what stays',
    TEXT,
    ['tracker', 'endpoints'],
    ['etcd-0:2379'],
    '  - "etcd-1:2379"\n',
    '',
  ],
  ['adds to a list at the end of a text without newline', 'a:\n- x', ['a'], ['x', 'w'], '- x', '- x\n- w'],
  ['adds to a list of a list', '- - x\n', [0], ['x', 'w'], '- x\n', '- x\n  - w\n'],
  ['adds to a flow list', 'a: [x, "w"] # c\n', ['a'], ['x', 'w', 'z'], '"w"]', '"w", z]'],
  ['takes from a flow list', 'a: [ x, y, z ] # c\n', ['a'], ['x'], 'x, y, z ]', 'x ]'],
  ['fills an empty flow list', 'a: []\n', ['a'], [1], '[]', '[1]'],
  ['keeps the line ends of Windows', 'a:\r\n- x\r\nb: 1\r\n', ['a'], ['x', 'w'], '- x\r\n', '- x\r\n- w\r\n'],
  ['keeps JSON JSON', '{"a": ["x"], "b": 1}', ['a'], ['x', 'w'], '["x"]', '["x", "w"]'],
  ['writes a string into JSON', '{"a": 1}', ['a'], 'x', '1', '"x"'],
  ['finds a key that is a number', '8080: a\n', [8080], 'b', 'a\n', 'b\n'],
]

describe('setInYamlText', () => {
  test.each(replacements)('%s', async (_, text, path, value, from, to) => {
    expect(text.split(from)).toHaveLength(2)
    expect(await setInYamlText(text, path, value)).toBe(text.replace(from, () => to))
  })

  test('returns the same text if the value is already there', async () => {
    expect(await setInYamlText(TEXT, ['tracker', 'endpoints'], ['etcd-0:2379', 'etcd-1:2379'])).toBe(TEXT)
    expect(await setInYamlText('a: 0x10 # hex\n', ['a'], 16)).toBe('a: 0x10 # hex\n')
  })

  test.each([
    [
      'a missing key, with the one that was probably meant',
      TEXT,
      ['ingester', 'ring', 'replication_facto'],
      'ingester.ring.replication_facto: not in the text (did you mean replication_factor?); found replication_factor, kvstore there',
    ],
    [
      'a missing map on the way',
      TEXT,
      ['compactor', 'ring', 'factor'],
      'compactor: not in the text; found ingester, limits, ruler, tracker, store_gateway there',
    ],
    ['a key of a scalar', TEXT, ['ruler', 'name', 'x'], 'ruler.name.x: not in the text'],
    ['an item past the end of a list', TEXT, ['tracker', 'endpoints', 2], 'tracker.endpoints[2]: not in the text'],
    ['a key that only a merge key brings', TEXT, ['ruler', 'max'], 'ruler.max: not in the text; found <<, name there'],
    [
      'a key below an alias',
      TEXT,
      ['store_gateway', 'sharding_ring', 'max'],
      'store_gateway.sharding_ring.max: is under the alias *limits; write the map out there',
    ],
    [
      'a value that an anchor shares',
      'a: &x 1\nb: *x\n',
      ['a'],
      'a: cannot be set alone, because an anchor shares it with another place',
    ],
    [
      'a value within a map that an anchor shares',
      TEXT,
      ['limits', 'max'],
      'limits.max: cannot be set alone, because an anchor shares it with another place',
    ],
    [
      'a list whose last item an alias names',
      'a: [1, &x 2]\nb: *x\n',
      ['a'],
      'a: cannot be set alone, because an anchor shares it with another place',
    ],
    [
      'a value whose tag says another type',
      'a: !!str 1\n',
      ['a'],
      'a: cannot be set alone, because an anchor shares it with another place or a tag fixes its type',
    ],
    ['an empty text', '', [], 'the text is empty'],
  ])('refuses %s', async (_, text, path, message) => {
    const attempt = setInYamlText(text, path as string[], text.startsWith('a: [') ? [9] : 9)
    await expect(attempt).rejects.toThrow(YamlTextError)
    await expect(attempt).rejects.toThrow(message)
  })
})

type Data = string | number | boolean | null | Data[] | { [key: string]: Data }
type Path = (string | number)[]

const key = fc.oneof(fc.stringMatching(/^[a-z][a-z_-]{0,6}$/), fc.constantFrom('yes', '12:30', 'a b', '#', '"', "'"))
const scalar = fc.oneof(
  fc.integer({ min: -9, max: 99_999 }),
  fc.boolean(),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    'no',
    '0123',
    '1e3',
    PLACEHOLDER,
    '$(B)',
    'http://e-0.e:2379',
    '- x',
    'a: b',
    ' x ',
    'a #b',
    '~',
    'line\nbreak',
    "'",
  ),
)
const { data } = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(scalar, { maxLength: 4 }),
    fc.dictionary(key, tie('data'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('data'), { maxLength: 3 }),
  ),
}))

/** The same data, written in one of many ways, with comments and line ends of either kind. */
const texts = fc
  .record({
    root: fc.dictionary(key, data, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
    indent: fc.constantFrom(2, 3, 4),
    indentSeq: fc.boolean(),
    singleQuote: fc.boolean(),
    flow: fc.boolean(),
    padding: fc.boolean(),
    comments: fc.boolean(),
    windows: fc.boolean(),
  })
  .map(({ root, flow, padding, comments, windows, ...options }) => {
    const plain = stringify(root, {
      ...options,
      lineWidth: 0,
      collectionStyle: flow ? 'flow' : 'any',
      flowCollectionPadding: padding,
    })
    const commented = comments
      ? `# head\n${plain.replaceAll(/^( *)([a-z]+): (\d+)$/gm, '$1# above\n$1$2: $3  # behind')}# tail\n`
      : plain
    const isSafe = !/[|>][-+]?\d?$/m.test(commented)
    return { root, text: windows && isSafe ? commented.replaceAll('\n', '\r\n') : commented }
  })

function pathsOf(node: Data, path: Path = []): Path[] {
  const children = typeof node === 'object' && node !== null ? Object.entries(node) : []
  const isOwn =
    path.length > 0 &&
    (children.length === 0 || (Array.isArray(node) && node.every((item) => typeof item !== 'object')))
  const below = children.flatMap(([name, child]) =>
    pathsOf(child, [...path, Array.isArray(node) ? Number(name) : name]),
  )
  return isOwn ? [path, ...below] : below
}

const edits = texts.chain(({ root, text }) =>
  fc.record({
    root: fc.constant(root as Data),
    text: fc.constant(text),
    path: fc.constantFrom(...pathsOf(root as Data)),
    value: fc.oneof(scalar, fc.array(scalar, { maxLength: 5 })) as fc.Arbitrary<TextValue>,
  }),
)

describe('of any text, path and value', () => {
  beforeAll(() => fc.configureGlobal({ numRuns: runs(100) }))

  test('the value is there afterwards, and nothing else differs', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async ({ text, path, value }) => {
        const after = await setInYamlText(text, path, value)
        const expected = parseDocument(text)
        expected.setIn(path, expected.createNode(value))
        expect(parse(after)).toEqual(expected.toJS())
        expect(await readYamlText(after, path)).toEqual(value)
      }),
    )
  })

  test('every character outside of the value stays', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async ({ text, path, value }) => {
        const after = await setInYamlText(text, path, value)
        const node = parseDocument(text).getIn(path, true) as Node
        const [start, , end] = node.range as [number, number, number]
        expect(after.slice(0, start)).toBe(text.slice(0, start))
        const rest = isScalar(node) || isSeq(node) ? text.slice(end) : ''
        expect(after.endsWith(rest)).toBe(true)
      }),
    )
  })

  test('setting the value a second time changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async ({ text, path, value }) => {
        const after = await setInYamlText(text, path, value)
        expect(await setInYamlText(after, path, value)).toBe(after)
      }),
    )
  })

  test('setting the value that is there changes no byte', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async ({ root, text, path }) => {
        const present = path.reduce<Data>((node, name) => (node as Data[])[name as number] as Data, root)
        fc.pre(!isDeepStrictEqual(present, {}))
        expect(await setInYamlText(text, path, present as TextValue)).toBe(text)
      }),
    )
  })
})
