import { type Fields, isFields, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import fc from '../support/fast-check.ts'
import { anyHardening, anyText, bystander, concerned, DIGEST, named } from '../support/kubernetes-objects.ts'
import { asOfKustomize, listOfItems } from '../support/resource-lists.ts'
import { canonical, inStyle, STYLES } from '../support/yaml-styles.ts'

// Inputs that are nearly right: images, policies and YAML after their grammars, each with mistakes.

export interface Input {
  /** The caller that an input looks like: each is read and answered in its own way. */
  caller: Caller
  /** A ResourceList, or what is left of one. */
  text: string
  /** Items that no function touches: byte for byte the same in the answer. */
  bystanders: readonly string[]
  /** Are all items free of mistakes, so that a second run must accept the answer? */
  isWhole: boolean
}

/** Image references made of valid parts and of parts that no reference has. */
const image = fc
  .tuple(
    fc.constantFrom(
      '',
      '',
      'docker.io/',
      'localhost/',
      '[::1]:5000/',
      'registry.internal:5000/',
      'a..b/',
      '/',
      'HTTP://',
    ),
    fc.constantFrom(
      'redis',
      'example/cart',
      'library/redis',
      'a/b/c/d',
      'Upper/case',
      'a__b',
      'a--b',
      '_',
      '..',
      'é',
      '',
    ),
    fc.constantFrom('', ':1', ':latest', ':', ':-1', `:${'a'.repeat(129)}`, ':1:2', ':${TAG}', ':${TAG:=1}', ':$(TAG)'),
    fc.constantFrom(
      '',
      '',
      `@${DIGEST}`,
      '@sha256:1',
      '@sha512:'.concat('2'.repeat(128)),
      `@${DIGEST}@${DIGEST}`,
      '@',
      '\n',
      ' ',
    ),
  )
  .map((parts) => parts.join(''))

const anyImage = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('redis', 'example/cart:1', `a/b__c@${DIGEST}`, `quay.io/x/y:1@${DIGEST}`) },
  { weight: 1, arbitrary: image },
)

/** What a field may hold by mistake. */
const odd = fc.oneof(
  anyText,
  image,
  fc.constantFrom<unknown>(
    null,
    0,
    -1,
    1.5,
    2 ** 53,
    true,
    [],
    {},
    [null],
    [{}],
    { constructor: 1 },
    { __proto__x: 1 },
  ),
)

const withImages = fc.tuple(concerned, fc.array(anyImage, { maxLength: 2 })).map(([body, images]) => {
  const containers = images.map((each, index) => ({ name: `i${index}`, image: each }))
  const spec = body.spec as Fields | undefined
  const template = spec?.template as { spec: Fields } | undefined
  if (!template || images.length === 0) return body
  return {
    ...body,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, initContainers: containers } } },
  }
})

type Path = readonly (string | number)[]

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) => {
        const own = [...path, Array.isArray(value) ? Number(key) : key]
        return [own, ...pathsOf(child, own)]
      })
    : []

function replaceAt(root: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(root)) return root.map((each, index) => (index === key ? replaceAt(each, rest, value) : each))
  return { ...(root as Fields), [key]: replaceAt((root as Fields)[key], rest, value) }
}

/** Plain data in which some values are replaced. */
const mistaken = <T extends object>(data: T): fc.Arbitrary<T> => {
  const paths = pathsOf(data)
  const one = fc.tuple(fc.constantFrom(...paths), odd).map(([path, value]) => replaceAt(data, path, value) as T)
  return fc.oneof({ weight: 12, arbitrary: fc.constant(data) }, { weight: paths.length > 0 ? 2 : 0, arbitrary: one })
}

const settings = fc.constantFrom<[string, string, unknown]>(
  ['images', 'allowTag', { redis: { reason: 'because' } }],
  ['images', 'audit', true],
  ['images', 'keepTag', true],
  ['images', 'places', { p: { configMap: '*', key: 'a', path: 'b.c' } }],
  ['images', 'places', { p: { kind: 'example.com/Widget', path: 'spec.image' } }],
  ['securityContext', 'exceptions', { o1: { privileged: 'because' } }],
  ['securityContext', 'automountServiceAccountToken', 'bound'],
  ['securityContext', 'workloads', { o0: { runAsUser: 1 }, 'Deployment/o1': { fsGroup: 'off' } }],
  ['replication', 'replicas', { o0: 3 }],
  ['replication', 'quorum', { 'o*': true }],
  ['replication', 'disruptionBudget', 'off'],
  ['istio', 'authorization', 'flows'],
  ['networkPolicy', 'dialect', 'cilium'],
)
const flows = fc.dictionary(
  fc.constantFrom('shop/o0:http', 'shop/o1:80', 'shop/*:80', 'external/api.example.com:443', 'x', '/:', 'shop/o0:0'),
  fc.record({ from: fc.array(fc.constantFrom('shop/o1', 'o2', '*', 'internet', 'x/'), { maxLength: 2 }) }),
  { maxKeys: 2 },
)
const policy: fc.Arbitrary<Fields> = fc
  .tuple(anyHardening, fc.array(settings, { maxLength: 2 }), fc.option(flows, { nil: undefined, freq: 1 }))
  .map(([whole, extra, declared]) => {
    const changed = structuredClone(whole) as Record<string, Fields>
    for (const [section, key, value] of extra) changed[section] = { ...changed[section], [key]: value }
    return declared ? { ...changed, flows: declared } : changed
  })
  .chain((whole) => fc.oneof({ weight: 5, arbitrary: fc.constant(whole) }, mistaken(whole)))

/** Pieces of YAML that change the meaning of what follows, or break it. Column 0 is left alone: it divides items. */
const piece = fc.constantFrom(
  ...['&a ', '*a', '!!binary ', '!x ', '!!int ', '? ', ': ', '- ', '# ', '|', '>-', '"', "'", '{', '}', '[', ']', ','],
  ...[
    '\\u0000',
    '\\',
    '\t',
    ' ',
    '  ',
    '%',
    '@',
    '`',
    '<<: *a',
    '\r',
    '\u0085',
    '\u2028',
    '\uFEFF',
    '\uE000',
    '\u0000',
  ],
  ...['\n  kind: Secret\n', '\n  kind: Pod', '\n  items: []', '\n    ---\n  ', '\n  metadata: {name: x}', 'kind: List'],
)
type TextEdit = (text: string) => string
const textEdit: fc.Arbitrary<TextEdit> = fc.oneof(
  fc.tuple(piece, fc.nat()).map(
    ([part, at]): TextEdit =>
      (text) => {
        const index = 2 + (at % Math.max(1, text.length - 3))
        return text.slice(0, index) + part + text.slice(index)
      },
  ),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 8 })).map(
    ([at, length]): TextEdit =>
      (text) => {
        const index = 2 + (at % Math.max(1, text.length - 3))
        return text.slice(0, index) + text.slice(index + length).replace(/^\S/, ' ')
      },
  ),
  fc.tuple(fc.nat(), fc.nat()).map(
    ([from, to]): TextEdit =>
      (text) => {
        const lines = text.split('\n')
        const line = lines[1 + (from % Math.max(1, lines.length - 1))] ?? ''
        return lines.toSpliced(1 + (to % Math.max(1, lines.length - 1)), 0, line).join('\n')
      },
  ),
)

/** An edit that keeps the item in one piece: another line at column 0 would begin something else. */
function applied(item: string, edits: readonly TextEdit[]): string {
  const edited = edits.reduce((text, edit) => edit(text), item)
  return `${edited.trimEnd().replaceAll(/\n(?=[^\s])/g, '\n  ')}\n`
}

type Caller = 'stdin' | 'kustomize' | 'kpt'
type Write = (object: KubernetesObject, index: number) => string

/** An item as a caller writes it. Without metadata it is no item of Kustomize or kpt. */
const writers = (styles: readonly string[]): Readonly<Record<Caller, Write>> => {
  const inOwnStyle: Write = (object, index) => inStyle(styles[index % styles.length] ?? '', object)
  return {
    stdin: inOwnStyle,
    kustomize: (object, index) => (isFields(object.metadata) ? asOfKustomize(object, index) : canonical(object)),
    kpt: (object, index) =>
      isFields(object.metadata) ? inOwnStyle(ofPackage(object, index), index) : inOwnStyle(object, index),
  }
}

function ofPackage(object: KubernetesObject, index: number): KubernetesObject {
  const annotations = isFields(object.metadata.annotations) ? object.metadata.annotations : {}
  const path = `folder/o${index}.yaml`
  const ofKpt = { 'config.kubernetes.io/path': path, 'internal.config.kubernetes.io/path': path }
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, ...ofKpt } } }
}

const style = fc.constantFrom(...Object.keys(STYLES))
const bodies = fc.tuple(
  fc.array(bystander, { minLength: 1, maxLength: 3 }),
  fc.array(withImages, { minLength: 1, maxLength: 3 }),
  fc.boolean(),
)
const objects: fc.Arbitrary<{ others: KubernetesObject[]; untouched: KubernetesObject[] }> = bodies.chain(
  ([untouched, others, withNamespace]) => {
    const all = named([...untouched, ...others], false)
    const shop = withNamespace ? named([], true) : []
    return fc.record({
      untouched: fc.constant(all.slice(0, untouched.length)),
      others: fc.tuple(...[...shop, ...all.slice(untouched.length)].map(mistaken)) as fc.Arbitrary<KubernetesObject[]>,
    })
  },
)

export const anyInput: fc.Arbitrary<Input> = fc
  .record({
    objects,
    policy,
    styles: fc.array(style, { minLength: 7, maxLength: 7 }),
    edits: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(textEdit, { minLength: 1, maxLength: 3 }) },
    ),
    mode: fc.constantFrom('mutate', 'mutate', 'mutate', 'validate'),
    caller: fc.constantFrom<Caller>('stdin', 'stdin', 'kustomize', 'kpt'),
  })
  .map(({ objects: { others, untouched }, policy: spec, styles, edits, mode, caller }) => {
    const write = writers(styles)[caller]
    const bystanders = untouched.map(write)
    const items = others.map((object, index) => write(object, index + untouched.length))
    const [first = '', ...rest] = items
    const edited = edits.length > 0 ? applied(first, edits) : first
    const text = listOfItems(
      [...bystanders, edited, ...rest],
      'Hardening',
      mode === 'validate' ? { ...spec, mode } : spec,
    )
    return {
      caller,
      text,
      bystanders,
      isWhole: edits.length === 0,
    }
  })
