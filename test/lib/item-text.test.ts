import { fromKustomize, packagePath, typeInText } from '../../functions/lib/resource-list/item-text.ts'

const POD = { apiVersion: 'v1', kind: 'Pod' }
const BODY = '  metadata:\n    name: a\n'

describe('the type of an item is read from its text only where no parser could read another', () => {
  test.each([
    ['as Kustomize writes it', `- apiVersion: v1\n  kind: Pod\n${BODY}`],
    ['kind first, quotes and CRLF', '- kind: "Pod"\r\n  apiVersion: \'v1\'\r\n  metadata: {name: a}\r\n'],
    ['comments above, and between', `# above\n- apiVersion: v1\n  # between\n\n  kind: Pod\n${BODY}`],
    ['a comment that looks like an item', `# - kind: Secret\n- kind: Pod\n  apiVersion: v1\n${BODY}`],
    ['a dash alone, as kpt writes it', `-\n  # about it\n  apiVersion: v1\n  kind: Pod\n${BODY}`],
    ['a list that is not indented', `- apiVersion: v1\n  kind: Pod\n${BODY}  args:\n  - kind: Secret\n`],
    ['a dash alone without comments', `-\n  apiVersion: v1\n  kind: Pod\n${BODY}`],
    [
      'a dash alone, several comments and CRLF',
      `# above\n-\r\n  # about it\r\n\r\n# more\r\n  apiVersion: v1\r\n  kind: Pod\r\n`,
    ],
    ['comments behind the dash', `- # about it\n  # more\n\n  apiVersion: v1\n  kind: Pod\n${BODY}`],
    [
      'lines that begin no key: empty ones, comments, items, and other keys',
      `- apiVersion: v1\n  \n  \r\n \n \r\n # a\n  # b\n  x:\n  - y\n  -\n  -\r\n    a\n  z9:\r\n    b: c\n  kind: Pod`,
    ],
    ['spaces around the values', `- apiVersion:   v1  \n  kind:  Pod \n${BODY}`],
    ['deeper text that looks like keys', `- apiVersion: v1\n  kind: Pod\n  data: |\n    x\n    kind: Secret\n`],
  ])('%s', (_, text) => expect(typeInText(text)).toEqual(POD))

  test.each([
    ['a flow', '- {apiVersion: v1, kind: Pod, a: "\n  kind: Secret\n  apiVersion: v1\n  "}\n'],
    ['a block scalar for an item', '- |\n  apiVersion: v1\n  kind: Secret\n'],
    ['a block scalar with an item in it', '- |\n  - a: b\n  apiVersion: v1\n  kind: Secret\n'],
    ['a flow behind a dash alone', '-\n  {\n  apiVersion: v1,\n  kind: Pod\n  }\n'],
    ['text behind a dash alone', '- "\n-\n  a: b\n  apiVersion: v1\n  kind: Secret"\n'],
    ['no apiVersion', `- kind: Pod\n${BODY}`],
    ['no kind', `- apiVersion: v1\n${BODY}`],
    ['a key without a value', '- apiVersion: v1\n  kind: Pod\n  x:y\n'],
    ['a key that begins with a digit', '- apiVersion: v1\n  kind: Pod\n  9: y\n'],
    ['a dash that begins no item', '- apiVersion: v1\n  kind: Pod\n  -x: y\n'],
    ['quotes that differ', '- apiVersion: v1\n  kind: "Pod\'\n'],
    ['a comment behind the value', '- apiVersion: v1 # why\n  kind: Pod\n'],
    ['an apiVersion that is there twice', '- apiVersion: v1\n  apiVersion: v2\n  kind: Pod\n'],
    ['an escaped key', '- apiVersion: v1\n  "\\x6bind": Pod\n  data: "\n  kind: Secret"\n'],
    ['a kind that is there twice', `- apiVersion: v1\n  kind: Secret\n  kind: Pod\n${BODY}`],
    ['a string that leaves its indentation', '- apiVersion: v1\n  kind: Pod\n  data: "\n  kind: Secret"\n'],
    ['a merge key', '- apiVersion: v1\n  <<: *pod\n  kind: Secret\n'],
    ['a tag', '- apiVersion: v1\n  !!str kind: Pod\n  kind: Secret\n'],
    ['an anchor', '- apiVersion: v1\n  kind: &kind Pod\n'],
    ['another indentation', '-   apiVersion: v1\n    kind: Pod\n  kind: Secret\n'],
    ['one column less', '- apiVersion: v1\n  kind: Secret\n kind: Pod\n'],
    ['members, which decide what it is', '- apiVersion: v1\n  kind: Pod\n  items:\n  - a: 1\n'],
    ['a value on the next line', '- apiVersion: v1\n  kind:\n    Pod\n'],
  ])('not: %s', (_, text) => expect(typeInText(text)).toBeUndefined())
})

const ids = (...keys: string[]): string => keys.map((key) => `      ${key}: '1'\n`).join('')
const ALL = ids('config.k8s.io/id', 'internal.config.kubernetes.io/id', 'kustomize.config.k8s.io/id')
const item = (metadata: string): string =>
  `- apiVersion: v1\n  kind: Pod\n  metadata:\n${metadata}    name: a\n  spec: {}\n`

describe('an item counts as written by Kustomize only if it has all that Kustomize writes on every item', () => {
  test.each<[string, string, boolean]>([
    [
      'a literal that Go breaks at U+2028',
      item(`    annotations:\n      a: |-\n        b\n\u2028        c\n${ALL}`),
      true,
    ],
    ['all three annotations', item(`    annotations:\n${ALL}`), true],
    ['one of them, left on a manifest', item(`    annotations:\n${ids('kustomize.config.k8s.io/id')}`), false],
    ['labels of these names', item(`    labels:\n${ALL}`), false],
    ['annotations of another object below', `${item('')}  spec:\n    annotations:\n${ALL}`, false],
    ['no annotations', item(''), false],
    ['no metadata', `- apiVersion: v1\n  kind: Pod\n  spec:\n    annotations:\n${ALL}`, false],
    ['a last line without its end', `- kind: Pod\n  metadata:\n    annotations:\n${ALL}      b: c`, true],
    ['the same text elsewhere', item('').replace('spec: {}', `spec:\n    annotations:\n${ALL}`), false],
  ])('%s', (_, text, expected) => expect(fromKustomize(text) !== undefined).toBe(expected))

  test('a metadata block of a million lines is read in linear time', () => {
    const labels = Array.from({ length: 1_000_000 }, (_, index) => `      l${index}: x\n`).join('')
    const started = performance.now()
    expect(fromKustomize(item(`    annotations:\n${ALL}    labels:\n${labels}`))).toBeDefined()
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

test('the annotations that copy comments back are dropped, and nothing else is', () => {
  const labels = `    labels:\n${ids('config.k8s.io/id')}`
  const other = ids('kustomize.config.k8s.io/id')
  expect(fromKustomize(item(`    annotations:\n${ALL}${labels}`))).toBe(item(`    annotations:\n${other}${labels}`))
})

test.each([
  ["      internal.config.kubernetes.io/path: 'a/b.yaml'\n", 'a/b.yaml'],
  ['      internal.config.kubernetes.io/path: b.yaml\n', 'b.yaml'],
  ['      internal.config.kubernetes.io/path:   "b c.yaml"  \n', 'b c.yaml'],
  ['      a: "internal.config.kubernetes.io/path: b.yaml"\n', undefined],
  ['      config.kubernetes.io/path: b.yaml\n', undefined],
])('the file that kpt read an item from: %s', (annotation, path) =>
  expect(packagePath(item(`    annotations:\n${annotation}`))).toBe(path),
)
