import { join } from 'node:path'
import { FIXTURES, krmHardening, kustomizeBuild, removeFolders, tree } from './lib/command-line.ts'

afterAll(removeFolders)

const list = (...folders: string[]): string => `resources: [${folders.join(', ')}]\n`
const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`

/** Both in one piece, by Kustomize, and by the command line, which may have built it in pieces. */
async function both(path: string) {
  const [expected, actual] = [await kustomizeBuild(path), await krmHardening(['render', path])]
  return { expected, actual, inOnePiece: actual.stderr.includes('building in one piece') }
}

describe('an environment that lists stacks is built stack by stack, to the same bytes', () => {
  test('through lists of lists, with every rank of kinds, and one name in several namespaces', async () => {
    const { expected, actual, inOnePiece } = await both(join(FIXTURES, 'environment'))
    expect(actual.exitCode).toBe(0)
    expect(actual.stdout).toBe(expected.stdout)
    expect(actual.stdout.match(/^kind: /gm)?.length).toBeGreaterThan(15)
    expect(inOnePiece).toBe(false)
  })

  test('in an order of kinds that the environment gives itself', async () => {
    const root = tree({
      'kustomization.yaml':
        'resources: [a, b]\nsortOptions:\n  order: legacy\n  legacySortOptions:\n    orderFirst: [Service]\n    orderLast: [Namespace, ConfigMap]\n',
      'a/kustomization.yaml': 'namespace: a\nresources: [r.yaml]\n',
      'a/r.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n${configMap('x')}---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n`,
      'b/kustomization.yaml': 'namespace: b\nresources: [r.yaml]\n',
      'b/r.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n---\n${configMap('x')}---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n`,
    })
    const { expected, actual, inOnePiece } = await both(root)
    expect(actual.stdout).toBe(expected.stdout)
    expect(actual.stdout).toMatch(/^apiVersion: v1\nkind: Service\n/)
    expect(inOnePiece).toBe(false)
  })

  test('with generated ConfigMaps, prefixes and references within each stack', async () => {
    const stack = (name: string): Record<string, string> => ({
      [`${name}/kustomization.yaml`]: `namespace: ${name}\nnamePrefix: ${name}-\nresources: [r.yaml]\nconfigMapGenerator: [{name: settings, literals: [of=${name}]}]\n`,
      [`${name}/r.yaml`]:
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes: [{name: v, configMap: {name: settings}}]\n  containers: [{name: c, image: i}]\n',
    })
    const { expected, actual, inOnePiece } = await both(
      tree({ 'kustomization.yaml': list('a', 'b'), ...stack('a'), ...stack('b') }),
    )
    expect(actual.stdout).toBe(expected.stdout)
    expect(actual.stdout).toMatch(/name: a-settings-[a-z0-9]{10}/)
    expect(inOnePiece).toBe(false)
  })
})

// In each of these, stacks built apart would give other bytes, or none where Kustomize gives an error.
describe('an environment is built in one piece where pieces would differ', () => {
  const pod = (name: string, configMapName: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  volumes: [{name: v, configMap: {name: ${configMapName}}}]\n  containers: [{name: c, image: i}]\n`

  const cases: [what: string, why: string, files: Record<string, string>][] = [
    [
      'a reference to the generated ConfigMap of another stack in the namespace',
      'Pod reads of .*a may refer to ConfigMap shared-',
      {
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml': 'resources: [r.yaml]\nnamespace: one\n',
        'a/r.yaml': pod('reads', 'shared'),
        'b/kustomization.yaml': 'namespace: one\nconfigMapGenerator: [{name: shared, literals: [a=b]}]\n',
      },
    ],
    [
      'a binding to the renamed ClusterRole of another stack',
      'ClusterRoleBinding binds of .*a may refer to ClusterRole b-reader',
      {
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml': 'resources: [r.yaml]\nnamespace: a\n',
        'a/r.yaml':
          'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: binds}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}\nsubjects: []\n',
        'b/kustomization.yaml': 'resources: [r.yaml]\nnamePrefix: b-\n',
        'b/r.yaml':
          'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules: []\n',
      },
    ],
    [
      'a subject whose service account gets its namespace in another stack',
      'ClusterRoleBinding binds of .*a may refer to ServiceAccount robot',
      {
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml': 'resources: [r.yaml]\n',
        'a/r.yaml':
          'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: binds}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: robot, namespace: default}]\n',
        'b/kustomization.yaml': 'resources: [r.yaml]\nnamespace: b\n',
        'b/r.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n',
      },
    ],
    [
      'a configuration that reaches beyond its stack',
      'has the field configurations',
      {
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml':
          'namespace: one\nconfigMapGenerator: [{name: shared, literals: [a=b]}]\nconfigurations: [names.yaml]\n',
        'a/names.yaml': 'nameReference:\n- kind: ConfigMap\n  fieldSpecs:\n  - {kind: Widget, path: spec/uses}\n',
        'b/kustomization.yaml': 'namespace: one\nresources: [r.yaml]\n',
        'b/r.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {uses: shared}\n',
      },
    ],
    [
      'metadata of the build that only a stack asks for',
      'has the field buildMetadata',
      {
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml': 'resources: [r.yaml]\nbuildMetadata: [originAnnotations]\n',
        'a/r.yaml': configMap('x'),
        'b/kustomization.yaml': 'resources: [r.yaml]\n',
        'b/r.yaml': configMap('y'),
      },
    ],
  ]

  test.each(cases)('%s', async (_what, why, files) => {
    const root = tree(files)
    const { expected, actual, inOnePiece } = await both(root)
    expect(expected.exitCode).toBe(0)
    expect(actual.stdout).toBe(expected.stdout)
    expect(inOnePiece).toBe(true)
    expect(actual.stderr).toMatch(new RegExp(why))
    const pieces = await Promise.all(['a', 'b'].map((stack) => kustomizeBuild(join(root, stack))))
    // Proof that the case is one: the pieces, in whatever order, are not the whole.
    expect(documents(pieces.map(({ stdout }) => stdout).join('---\n'))).not.toEqual(documents(actual.stdout))
  })

  test('a Namespace of another group, which versions of Kustomize order differently', async () => {
    const namespace = (apiVersion: string): string =>
      `apiVersion: ${apiVersion}\nkind: Namespace\nmetadata: {name: n}\n`
    const { expected, actual, inOnePiece } = await both(
      tree({
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml': 'resources: [r.yaml]\n',
        'a/r.yaml': namespace('v1'),
        'b/kustomization.yaml': 'resources: [r.yaml]\n',
        'b/r.yaml': namespace('vault.example.com/v1'),
      }),
    )
    expect(actual.stdout).toBe(expected.stdout)
    expect(inOnePiece).toBe(true)
  })

  test('objects in the order of their files', async () => {
    const { expected, actual } = await both(
      tree({
        'kustomization.yaml': `${list('b', 'a')}sortOptions: {order: fifo}\n`,
        'a/kustomization.yaml': 'resources: [r.yaml]\nnamespace: a\n',
        'a/r.yaml': `${configMap('z')}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n`,
        'b/kustomization.yaml': 'resources: [r.yaml]\nnamespace: b\n',
        'b/r.yaml': configMap('y'),
      }),
    )
    expect(actual.stdout).toBe(expected.stdout)
    expect(actual.stdout.match(/^kind: .*$/gm)).toEqual(['kind: ConfigMap', 'kind: ConfigMap', 'kind: Namespace'])
  })

  test('one identity in two stacks: Kustomize’s own error', async () => {
    const root = tree({
      'kustomization.yaml': list('a', 'b'),
      'a/kustomization.yaml': 'namespace: one\nconfigMapGenerator: [{name: same, literals: [a=a]}]\n',
      'b/kustomization.yaml': 'namespace: one\nconfigMapGenerator: [{name: same, literals: [a=b]}]\n',
    })
    const { expected, actual } = await both(root)
    expect(expected.stderr).toContain(
      'may not add resource with an already registered id: ConfigMap.v1.[noGrp]/same.one',
    )
    expect(actual).toMatchObject({ stdout: '', exitCode: 1 })
    expect(actual.stderr).toContain(expected.stderr.trim())
  })
})

const documents = (stream: string): string[] => stream.split('---\n').sort()
