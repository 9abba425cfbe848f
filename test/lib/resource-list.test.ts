import type { KrmFunction, Step } from '../../functions/lib/framework/function.ts'
import { type Fields, isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { type Answer, run } from '../../functions/lib/runner/run.ts'
import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import fc, { runs } from '../support/fast-check.ts'

/** A function that sees Deployments and ConfigMaps only, and does what the test says. */
const doing =
  (transform: KrmFunction['transform'], mode: 'mutate' | 'validate' = 'mutate') =>
  (): Step[] => [
    {
      function: {
        name: 'test-function',
        kind: 'Test',
        section: 'test',
        description: '',
        schema: undefined as never,
        reads: (_spec, { kind }) => ['Deployment', 'ConfigMap', 'List', 'PodList', 'Pod'].includes(kind),
        transform,
      },
      spec: { mode },
    },
  ]
const nothing = doing(() => [])
const touch = doing((objects) => {
  for (const object of objects) object.touched = true
  return []
})

const list = (items: string, header = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n'): string =>
  `${header}items:\n${items}functionConfig:\n  kind: Test\n`

const itemsOf = (answer: Answer): string => /^items:\n([\s\S]*)/m.exec(answer.stdout)?.[1]?.split(/^results:/m)[0] ?? ''

const fromKustomize = (name: string, spec: string): string => `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    annotations:
      kustomize.config.k8s.io/id: |
        group: apps
        kind: Deployment
        name: ${name}
      internal.config.kubernetes.io/needsHashSuffix: enabled
      internal.config.kubernetes.io/id: '1'
      config.k8s.io/id: '1'
    name: ${name}
  spec: ${spec}
`

describe('items that no function changes', () => {
  test.each([
    [
      'comments, anchors and odd indentation',
      `# above\n- apiVersion: apps/v1 # next to\n  kind: Deployment\n  metadata:\n      name:   a\n  spec: {x: &x [ 1,2 ],   y: *x}\n`,
    ],
    ['CRLF line ends', '- apiVersion: apps/v1\r\n  kind: Other\r\n  metadata: {name: a}\r\n'],
    [
      'block scalars whose lines look like YAML',
      '- apiVersion: v1\n  kind: Other\n  metadata: {name: a}\n  data:\n    x: |\n      # no comment\n      - apiVersion: v1\n      kind: Deployment\n\n    y: >-\n      folded\n',
    ],
    ['YAML that is broken, in a kind that nobody reads', '- apiVersion: v1\n  kind: Other\n  metadata: {name: [}\n'],
  ])('come back as the bytes they were: %s', async (_, item) => {
    const items = item + item.replace('name:   a\n', 'name:   b\n')
    expect(itemsOf(await run(list(items), nothing))).toBe(items)
  })

  test('come back as the same bytes, even if they were decoded', async () => {
    const item =
      "- kind:   Deployment\n  apiVersion: apps/v1\n  metadata: {name: 'a'}   # why\n  spec: {replicas: 0x10}\n"
    expect(itemsOf(await run(list(item), nothing))).toBe(item)
  })

  test('from Kustomize lose only the two annotations by which it copies comments back', async () => {
    const answer = await run(list(fromKustomize('a', '{}') + fromKustomize('b', '{}')), nothing)
    expect(itemsOf(answer)).toBe(
      (fromKustomize('a', '{}') + fromKustomize('b', '{}')).replaceAll(/^.*\/id: '1'\n/gm, ''),
    )
    expect(answer.stdout).toContain('needsHashSuffix: enabled')
  })

  test('from kpt keep every annotation', async () => {
    const item =
      "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: a\n    annotations:\n      internal.config.kubernetes.io/path: a.yaml\n      config.k8s.io/id: '1'\n"
    expect(itemsOf(await run(list(item), nothing))).toBe(item)
  })
})

describe('items that a function changes', () => {
  test('for Kustomize they are JSON on one line, with the characters escaped that YAML takes for line breaks', async () => {
    const answer = await run(list(fromKustomize('a', '{x: "a\\u2028b\\u0085c", n: 9007199254740993}')), touch)
    const line = itemsOf(answer).trim()
    expect(line).toMatch(/^- \{"apiVersion":"apps\/v1",.*\}$/)
    expect(line).toContain('"x":"a\\u2028b\\u0085c","n":9007199254740993')
    expect(line).toContain('needsHashSuffix')
    expect(line).not.toMatch(/"(?:internal\.config\.kubernetes\.io|config\.k8s\.io)\/id"/)
  })

  test('for people comments, order, anchors and spelling stay', async () => {
    const item = `# the proxy
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: proxy # not api
    labels: &labels
      app: proxy
  spec:
    mode: 0644
    big: 9007199254740993
    template:
      metadata:
        labels: *labels
      command: [ "--a", 'yes', "1e3" ]
    script: |
        odd
          indentation
`
    const edit = doing(([object]) => {
      Object.assign(valueAt(object, ['spec', 'template']) as Fields, { added: 'yes' })
      return []
    })
    expect(itemsOf(await run(list(item), edit))).toBe(
      item
        .replace(
          `      command: [ "--a", 'yes', "1e3" ]\n`,
          `      command: [ "--a", 'yes', "1e3" ]\n      added: "yes"\n`,
        )
        .replace('        odd\n          indentation', '      odd\n        indentation'),
    )
  })

  test.each([
    'yes',
    'on',
    'no',
    '0123',
    '1e3',
    '12:30',
    '2024-01-01',
    '1_000',
    '~',
    'null',
    '',
    '0x1F',
    '.5',
    'true',
    '0o17',
    '-0O7',
    '0X1F',
    '+0B1',
  ])('a new string %j is a string to every reader', async (value) => {
    const item = '- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: a\n'
    const edit = doing(([object]) => {
      if (object) object.added = value
      return []
    })
    const text = itemsOf(await run(list(item), edit))
    expect(text).toMatch(/added: ["']/)
    expect((readPeopleItem(text).object as Fields).added).toBe(value)
  })

  test.each([
    ['.', '.'],
    ['.5', 0.5],
    ['1.', 1],
    ['e-0', 'e-0'],
    ['1e3', 1000],
    ['yes', true],
    ['0644', 420],
    ['12:30', '12:30'],
    ['2024-01-01', '2024-01-01'],
  ])('a plain %s is read as Kubernetes reads it', (text, value) => {
    expect(readPeopleItem(`- {a: ${text}}\n`).object).toEqual({ a: value })
  })

  test.each(['n', '8080', 'null', '"n"'])(
    'an edit at the key %s is of that key, and writes no second one',
    async (key) => {
      const item = `- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  x:\n    ${key}: 1\n    gone: 1\n`
      const edit = doing(([object]) => {
        const x = object?.x as Fields
        for (const own of Object.keys(x)) x[own] = 2
        delete x.gone
        return []
      })
      expect(itemsOf(await run(list(item), edit))).toContain(`  x:\n    ${key}: 2\n`)
    },
  )

  test('an edit of one aliased map never shows in another place', async () => {
    const item = '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  x: &s\n    a: 1\n  y: *s\n'
    const edit = doing(([object]) => {
      Object.assign(object?.y as Fields, { a: 2 })
      return []
    })
    const object = readPeopleItem(itemsOf(await run(list(item), edit))).object as Fields
    expect([object.x, object.y]).toEqual([{ a: 1 }, { a: 2 }])
  })

  test('an edit of an anchored map never shows in its aliases', async () => {
    const item =
      '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  x: &s\n    a: 1 # one\n  y: *s\n  z:\n    <<: *s\n    b: 3\n'
    const edit = doing(([object]) => {
      Object.assign(object?.x as Fields, { a: 2 })
      return []
    })
    const object = readPeopleItem(itemsOf(await run(list(item), edit))).object as Fields
    expect([object.x, object.y, object.z]).toEqual([{ a: 2 }, { a: 1 }, { a: 1, b: 3 }])
  })

  test.each([
    ['for the same edit of both', { image: 'b' }, { image: 'b' }, 'a'],
    ['for an edit of each', { image: 'b' }, { image: 'c' }, 'a'],
    ['for an edit of the anchored scalar alone', { image: 'b' }, { image: 'a' }, 'a'],
  ])('an anchored scalar and its alias part %s', async (_what, first, second, other) => {
    const item =
      '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  x:\n    image: &i a\n  y:\n    image: *i\n  z: *i\n'
    const edit = doing(([object]) => {
      Object.assign(object?.x as Fields, first)
      Object.assign(object?.y as Fields, second)
      return []
    })
    const object = readPeopleItem(itemsOf(await run(list(item), edit))).object as Fields
    expect([object.x, object.y, object.z]).toEqual([first, second, other])
  })

  test('members of a list are objects like any other, whatever the list is called; a custom resource with other items is no list', async () => {
    const items =
      '- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}\n' +
      '- apiVersion: v1\n  kind: PodList\n  items:\n  - {metadata: {name: b}}\n' +
      '- apiVersion: example.org/v1\n  kind: AllowList\n  metadata: {name: c}\n  items: [{name: d}]\n' +
      '- apiVersion: v1\n  kind: List\n  metadata: {name: all}\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: e}}\n' +
      '- apiVersion: v1\n  kind: PodList\n  metadata: {name: all}\n  items:\n  - {spec: {}, metadata: {name: f}}\n' +
      '- apiVersion: example.org/v1\n  kind: Stack\n  metadata: {name: all}\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: g}}\n'
    const seen: string[] = []
    await run(
      list(items),
      doing((objects) => {
        seen.push(...objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
        return []
      }),
    )
    expect(seen).toEqual(['Deployment/a', 'Pod/b', 'AllowList/c', 'Pod/e', 'Pod/f', 'Pod/g'])
  })

  test('members that a function removes are gone, and the list goes with the last of them', async () => {
    const member = (name: string) => `  - apiVersion: v1\n    kind: Pod\n    metadata: {name: ${name}} # of ${name}\n`
    const items = `- apiVersion: v1\n  kind: List\n  items:\n${member('a')}${member('b')}- apiVersion: v1\n  kind: List\n  items:\n${member('c')}`
    const remove = doing((objects) => {
      objects.splice(0, objects.length, ...objects.filter(({ metadata }) => metadata.name === 'a'))
      return []
    })
    expect(itemsOf(await run(list(items), remove))).toBe(`- apiVersion: v1\n  kind: List\n  items:\n${member('a')}`)
    expect(await run(list(items.slice(items.lastIndexOf('- apiVersion: v1\n  kind: List'))), remove)).toMatchObject({
      stdout: '',
      exitCode: 2,
      stderr: expect.stringMatching(/^error: objects\/nothing-left: /),
    })
  })

  test.each(['- null\n', '- {}\n', '- {apiVersion: v1, kind: List, items: [null, {}]}\n- ~\n'])(
    'items that hold no object are no build: %j',
    async (items) => {
      expect(await run(list(items), () => [])).toMatchObject({
        stdout: '',
        stderr: expect.stringMatching(/^error: objects\/nothing-left: /),
        exitCode: 2,
      })
    },
  )

  test('an empty item next to an object comes back as it came', async () => {
    const items = '- null\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {}\n'
    expect(itemsOf(await run(list(items), () => []))).toBe(items)
  })

  test('a List whose items are no list is refused, whatever it is called', async () => {
    const items = '- {apiVersion: v1, kind: List, metadata: {name: all}, items: {a: {kind: Pod}}}\n'
    expect(await run(list(items), () => [])).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^error: objects\/wrong-identity: /),
      exitCode: 2,
    })
  })

  test('a policy that is in the package it hardens is left alone', async () => {
    const item = '- apiVersion: krm-hardening.dev/v1alpha1\n  kind: Hardening\n  metadata: {name: a}\n'
    const seen: string[] = []
    const see = doing((objects) => {
      seen.push(...objects.map(({ kind }) => kind))
      return []
    })
    expect(itemsOf(await run(list(item), see))).toBe(item)
    expect(seen).toEqual([])
  })

  test('anything that is no object of the API is left alone: a Kustomization, a patch without a name', async () => {
    const items =
      '- apiVersion: kustomize.config.k8s.io/v1beta1\n  kind: Kustomization\n  resources: [a.yaml]\n- apiVersion: apps/v1\n  kind: Deployment\n  spec: {replicas: 2}\n'
    expect(itemsOf(await run(list(items), touch))).toBe(items)
  })
})

describe('a ResourceList in any other style means the same', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { n: 1 } }
  const yaml = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  n: 1\n'
  test.each([
    [
      'JSON',
      JSON.stringify({
        apiVersion: 'config.kubernetes.io/v1',
        kind: 'ResourceList',
        items: [object],
        functionConfig: { kind: 'Test' },
      }),
    ],
    ['indented items', list(`  - ${yaml.trimEnd().replaceAll('\n', '\n    ')}\n`)],
    ['a document marker', `---\n${list(`- ${yaml.trimEnd().replaceAll('\n', '\n  ')}\n`)}`],
    [
      'a comment amid an item',
      list('- apiVersion: apps/v1\n# here\n  kind: Deployment\n  metadata: {name: a}\n  spec: {n: 1}\n'),
    ],
  ])('%s', async (_, text) => {
    const answer = await run(text, touch)
    expect(answer).toMatchObject({ exitCode: 0 })
    expect(readPeopleItem(itemsOf(answer)).object).toEqual({ ...object, touched: true })
  })
})

describe('it fails closed: nothing on stdout, the reason on stderr', () => {
  test.each<[string, string, number, RegExp]>([
    ['an empty stream', '', 2, /^error: input\/empty: /],
    ['no items', list('').replace('items:\n', 'items: []\n'), 2, /^error: input\/no-items: /],
    ['items: null', list(''), 2, /^error: input\/no-items: /],
    ['another kind', 'apiVersion: v1\nkind: ConfigMap\nitems:\n- a: 1\n', 2, /^error: input\/not-a-resource-list: /],
    ['text', 'hello', 2, /^error: input\/not-a-resource-list: /],
    ['a map of items', list('  a: {kind: Pod}\n'), 2, /^error: input\/items-not-a-list: /],
    ['what is no YAML at all', '{items: [', 2, /^error: input\/not-yaml: stdin cannot be read as YAML: /],
    [
      'a policy that is no YAML',
      list('- a: 1\n').replace('kind: Test', 'kind: ['),
      2,
      /^error: input\/not-yaml: functionConfig cannot be read as YAML: /,
    ],
    [
      'YAML that does not parse',
      list('- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: [}\n'),
      2,
      /^error: input\/not-yaml: item 1 \(Deployment\) /,
    ],
    [
      'a duplicate key',
      list('- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a, name: b}\n'),
      2,
      /^error: input\/not-yaml: item 1 \(Deployment\) /,
    ],
  ])('%s', async (_, text, exitCode, reason) => {
    const answer = await run(text, nothing)
    expect(answer).toMatchObject({ stdout: '', stderr: expect.stringMatching(reason), exitCode })
  })

  test('billion laughs and deep nesting are refused quickly', async () => {
    const laughs = ['a0: &a0 [x,x]', ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i}]`)]
      .map((line) => `  ${line}\n`)
      .join('')
    const item = `- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n${laughs}`
    expect(await run(list(item), nothing)).toMatchObject({
      stdout: '',
      exitCode: 2,
      stderr: expect.stringContaining('aliases stand for more than 10000 nodes'),
    })
    const config = `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- a: 1\nfunctionConfig:\n${laughs}`
    expect(await run(config, nothing)).toMatchObject({ stdout: '', exitCode: 2 })
    const deep = `- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  x: ${'['.repeat(100_000)}\n`
    expect(await run(list(deep), nothing)).toMatchObject({ stdout: '', exitCode: 2 })
  })

  test('`__proto__` is data', async () => {
    const item = '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  data: {__proto__: {polluted: 1}}\n'
    const answer = await run(list(item), touch)
    expect(answer.exitCode).toBe(0)
    expect(answer.stdout).toContain('__proto__')
    expect(({} as Fields).polluted).toBeUndefined()
  })

  test('an error stops the build; a kpt caller gets its objects untouched and the results', async () => {
    const failing = doing((objects) => {
      const [object] = objects as [KubernetesObject]
      object.spoiled = true
      return [{ id: 'test-function/no', severity: 'error', message: 'no', object }]
    })
    const item = '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n'
    expect(await run(list(item), failing)).toMatchObject({
      stdout: '',
      stderr: 'error: test-function/no: Pod a: no\n',
      exitCode: 1,
    })
    const ofKpt =
      "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n    annotations:\n      internal.config.kubernetes.io/path: 'a.yaml'\n"
    const answer = await run(list(ofKpt), failing)
    expect(answer.exitCode).toBe(1)
    expect(itemsOf(answer)).toBe(ofKpt)
    expect(answer.stdout).toContain('"severity":"error"')
  })

  test('a bug is exit code 3', async () => {
    const buggy = doing(() => {
      throw new TypeError('oops')
    })
    expect(await run(list('- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n'), buggy)).toMatchObject({
      stdout: '',
      exitCode: 3,
    })
  })

  test('mode: validate changes nothing and reports every change that mutate would make', async () => {
    const transform: KrmFunction['transform'] = (objects) => {
      for (const object of objects) object.spec = { replicas: 2 }
      objects.push({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'new' } })
      return []
    }
    const item = '- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n  spec: {replicas: 1}\n'
    expect(await run(list(item), doing(transform, 'validate'))).toMatchObject({
      stdout: '',
      stderr:
        'error: objects/would-change: test-function: Deployment a: spec.replicas: found 1, expected 2\n' +
        'error: objects/would-generate: test-function: Service new: is not in the build; expected it, as mode: mutate would generate it\n',
      exitCode: 1,
    })
  })
})

test('a generated object goes to a file of its own next to the package for kpt', async () => {
  const item =
    "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n    annotations:\n      internal.config.kubernetes.io/path: 'app/a.yaml'\n"
  const add = doing((objects) => {
    objects.push({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'a' } })
    return []
  })
  expect(itemsOf(await run(list(item), add))).toContain('internal.config.kubernetes.io/path: app/networkpolicy-a.yaml')
})

const scalar = fc.oneof(
  fc.constantFrom(
    'yes',
    'on',
    '0123',
    '1e3',
    '12:30',
    '2024-01-01',
    '1_000',
    '<<',
    '${NAME:=x}',
    '$(NAME)',
    'a\u2028b',
    'tab\tx',
    '  lead',
    'trail ',
    'multi\nline\n',
    '# no',
    '- no',
    '🙂',
    '\r\n',
    '*a',
    '&b',
    '!c',
    '{',
    '"',
    "'",
  ),
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), tie('node'), { maxKeys: 4 }),
  ),
})).node
const object = fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }), value, { maxKeys: 5 })

describe('for any data', () => {
  const withSpec = (spec: unknown): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec,
  })
  test('an edit in people mode means exactly what the function wrote', async () => {
    await fc.assert(
      fc.asyncProperty(object, object, async (before, after) => {
        const { encode } = readPeopleItem(`- ${JSON.stringify(withSpec(before))}\n`)
        expect(readPeopleItem(encode(withSpec(after))).object).toEqual(withSpec(after))
      }),
      { numRuns: runs(60) },
    )
  })

  test('an edit for Kustomize means exactly what the function wrote', async () => {
    await fc.assert(
      fc.asyncProperty(object, async (after) => {
        const set = doing(([first]) => {
          if (first) first.spec = after
          return []
        })
        const answer = await run(list(fromKustomize('a', '{}')), set)
        const written = readPeopleItem(itemsOf(answer)).object
        expect(isFields(written) && written.spec).toEqual(after)
      }),
      { numRuns: runs(60) },
    )
  })
})
