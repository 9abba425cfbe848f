import { load } from 'js-yaml'
import { parseDocument } from 'yaml'
import type { Found } from '../../cli/init/found.ts'
import { propose } from '../../cli/init/propose.ts'
import { flowsInText, withFlows } from '../../cli/init/write/append.ts'
import { policyFiles } from '../../cli/init/write/files.ts'
import { scalar } from '../../cli/init/write/scalar.ts'
import { catalog } from '../../functions/catalog.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import fc, { runs } from '../support/fast-check.ts'

// `init` writes names of the build into YAML. Whatever they contain, they must stay names.

const HOSTILE = [
  'shop\n    directions: [Ingress]\n    #',
  'a: b',
  'a #b',
  '# c',
  '- d',
  '? e',
  '*f',
  '&g',
  '!h',
  '%i',
  '@j',
  '`k',
  '|',
  '>-',
  "it's",
  'say "no"',
  '"open',
  "'open",
  '{flow: 1}',
  '[flow]',
  '}, mode: validate, x: {',
  'a\\nb',
  '${NAME}',
  '${NAME:=x}',
  'a\u0085b',
  'a\u2028b',
  'a\u2029b',
  'a\rb',
  'a\tb',
  ' a ',
  'a:',
  ':a',
  '---',
  '...',
  '<<',
  'null',
  '~',
  'yes',
  '0x10',
  '1e3',
  '12:30',
  'a\u0000b',
  'a\u0007b',
  'a\u007fb',
  'a\u009fb',
  '\ufeffa',
  'a\uffffb',
  '😀',
  'long '.repeat(40),
  // A key may have 1,024 characters before its colon.
  'x'.repeat(1020),
  'y z'.repeat(500),
]
const name = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.tuple(fc.constantFrom(...HOSTILE), fc.constantFrom(...HOSTILE)).map(([a, b]) => `${a}${b}`),
  fc.constantFrom('cart', 'shop', 'db'),
  fc.string({ minLength: 1, unit: 'binary' }),
)

const build = fc
  .record({
    namespace: name,
    caller: name,
    callee: name,
    label: name,
    container: name,
    image: name,
    port: name,
    host: name,
  })
  .map(({ namespace, caller, callee, label, container, image, port, host }): KubernetesObject[] => {
    const workload = (own: string, spec: object): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: own, namespace },
      spec: {
        selector: { matchLabels: { app: own } },
        template: {
          metadata: { labels: { app: own, [label]: label } },
          spec: { containers: [{ name: container, image, ...spec }] },
        },
      },
    })
    return [
      workload(caller, {
        env: [
          { name: 'URL', value: `http://${callee}:80/${label}` },
          { name: 'OTHER_HOST', value: host },
          { name: 'OTHER_PORT', value: '5432' },
        ],
        args: [`--${label}=${callee}.${namespace}.svc:80`, 'db.other:5432'],
      }),
      workload(callee, { ports: [{ name: port, containerPort: 80 }] }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: callee, namespace },
        spec: { type: 'LoadBalancer', selector: { app: callee }, ports: [{ name: port, port: 80 }] },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: label, namespace },
        spec: {
          podSelector: { matchLabels: { app: callee } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { [label]: label } } }], ports: [{ port: 80 }] }],
        },
      },
    ]
  })

const SECTIONS = catalog.map(({ section }) => section)
/** What no YAML holds raw: see https://yaml.org/spec/1.1/#c-printable. */
const UNPRINTABLE = /(?![\t\n\r\u0085])\p{Cc}|[\ufeff\ufffe\uffff]/u

/** What two readers make of a file. */
function read(text: string): { metadata: unknown; spec: Record<string, Record<string, unknown> | null> } {
  expect(text).not.toMatch(UNPRINTABLE)
  const document = parseDocument(text, { version: '1.1' })
  expect(document.errors).toEqual([])
  const value = document.toJS()
  expect(load(text)).toEqual(value)
  return value
}

const keysOf = (map: object | null | undefined): string[] => Object.keys(map ?? {}).sort()
/** Like a person who accepts every guess. */
const uncommented = (text: string): string => text.replaceAll(/^( {4,})# (?! )(?=\S.*(?::|^ *- ))/gm, '$1')

function expectOnlyNames(files: ReadonlyMap<string, string>, found: Found): void {
  const policy = read(files.get('policy.yaml') ?? '')
  expect(policy.spec).toEqual(Object.fromEntries(SECTIONS.map((section) => [section, { mode: 'mutate' }])))
  const images = read(files.get('images.yaml') ?? '').spec
  expect(keysOf(images.images?.allowTag as object)).toEqual([...found.images].sort())
  const { spec, ...rest } = read(files.get('flows.yaml') ?? '')
  expect(rest.metadata).toEqual({ name: 'hardening' })
  expect(keysOf(spec)).toEqual(['flows'])
  const keys = new Set(found.flows.map(({ key }) => key))
  expect(keysOf(spec.flows).filter((key) => !keys.has(key))).toEqual([])
}

test.each(['\uFEFFa', 'a\uFEFF', ' a', 'a '])('what is at the edge of the name %j stays', (name) => {
  expect(parseDocument(scalar(name), { version: '1.1' }).toJS()).toBe(name)
  expect(load(scalar(name))).toBe(name)
})

test('whatever the names of a build are, the policy that init writes has them as names alone', async () => {
  await fc.assert(
    fc.asyncProperty(build, async (objects) => {
      const found = await propose(objects)
      expectOnlyNames(policyFiles(SECTIONS, found), found)
    }),
    { numRuns: runs(60) },
  )
})

test('the same holds for the file of flows that a later run adds to and a person uncomments', async () => {
  await fc.assert(
    fc.asyncProperty(build, async (objects) => {
      const found = await propose(objects)
      const empty = policyFiles(SECTIONS, { ...found, flows: [], notes: [] }).get('flows.yaml') ?? ''
      const added = found.flows.length === 0 ? empty : withFlows(empty, found.flows, 'flows.yaml')
      const keys = new Set(found.flows.map(({ key }) => key))
      expect(keysOf(read(added).spec.flows).filter((key) => !keys.has(key))).toEqual([])
      expect(keysOf(flowsInText(uncommented(added))).filter((key) => !keys.has(key))).toEqual([])
    }),
    { numRuns: runs(60) },
  )
})
