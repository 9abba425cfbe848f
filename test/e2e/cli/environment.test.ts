import { join, relative } from 'node:path'
import { joinBuild } from '../../../cli/render/documents.ts'
import { renderFolder } from '../../../cli/render/environment.ts'
import { harden } from '../../../cli/runtime/functions.ts'
import { both, configMap, list } from '../../cli/lib/both-ways.ts'
import { edit, FIXTURES, kustomizeBuild, removeFolders, tree } from '../../cli/lib/command-line.ts'
import { krmHardening } from '../../cli/lib/in-process.ts'
import { builderWith } from '../../support/builder.ts'

afterAll(removeFolders)

// In each of these, stacks built apart would give other bytes, or none where Kustomize gives an error.
describe('an environment is built in one piece if its pieces would differ', () => {
  const pod = (name: string, configMapName: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  volumes: [{name: v, configMap: {name: ${configMapName}}}]\n  containers: [{name: c, image: i}]\n`

  const cases: [what: string, why: string, files: Record<string, string>][] = [
    [
      'a reference to the generated ConfigMap of another stack in the namespace',
      '^Pod one/reads may refer to ConfigMap one/shared-[a-z0-9]{10} of another stack$',
      {
        'kustomization.yaml': list('a', 'b'),
        'a/kustomization.yaml': 'resources: [r.yaml]\nnamespace: one\n',
        'a/r.yaml': pod('reads', 'shared'),
        'b/kustomization.yaml': 'namespace: one\nconfigMapGenerator: [{name: shared, literals: [a=b]}]\n',
      },
    ],
    [
      'a binding to the renamed ClusterRole of another stack',
      '^ClusterRoleBinding binds may refer to ClusterRole b-reader of another stack$',
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
      '^ClusterRoleBinding binds may refer to ServiceAccount b/robot of another stack$',
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
    expect(actual).toBe(expected.stdout)
    expect(inOnePiece).toMatch(new RegExp(why))
    const pieces = await Promise.all(['a', 'b'].map((stack) => kustomizeBuild(join(root, stack))))
    // Proof that the case is a case: the pieces differ from the whole, in whatever order.
    expect(documents(pieces.map(({ stdout }) => stdout).join('---\n'))).not.toEqual(documents(actual))
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
    expect(actual).toBe(expected.stdout)
    expect(inOnePiece).toBe('Namespace n is of vault.example.com/v1')
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
    expect(actual).toBe(expected.stdout)
    expect(actual.match(/^kind: .*$/gm)).toEqual(['kind: ConfigMap', 'kind: ConfigMap', 'kind: Namespace'])
  })

  test('one identity in two stacks: Kustomize’s own error', async () => {
    const root = tree({
      'kustomization.yaml': list('a', 'b'),
      'a/kustomization.yaml': 'namespace: one\nconfigMapGenerator: [{name: same, literals: [a=a]}]\n',
      'b/kustomization.yaml': 'namespace: one\nconfigMapGenerator: [{name: same, literals: [a=b]}]\n',
    })
    const message = 'may not add resource with an already registered id: ConfigMap.v1.[noGrp]/same.one'
    expect((await kustomizeBuild(root)).stderr).toContain(message)
    const actual = await krmHardening(['render', root])
    expect(actual).toMatchObject({ stdout: '', exitCode: 1 })
    expect(actual.stderr).toContain(message)
    await expect(renderFolder(root, builderWith(harden), () => {}, 1)).rejects.toThrow(message)
  })
})

describe('an environment of many stacks', () => {
  const stacks = Array.from({ length: 12 }, (_, index) => `stack-${index}`)
  const files = Object.fromEntries(
    stacks.flatMap((stack) => [
      [
        `${stack}/kustomization.yaml`,
        `namespace: ${stack}\nresources: [r.yaml]\ntransformers: [${join(FIXTURES, 'policy')}]\n`,
      ],
      [
        `${stack}/r.yaml`,
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n',
      ],
    ]),
  )
  const environment = (): string => {
    const root = tree({ ...files, 'kustomization.yaml': list(...stacks) })
    for (const stack of stacks)
      edit(join(root, stack, 'kustomization.yaml'), (text) =>
        text.replace(join(FIXTURES, 'policy'), relative(join(root, stack), join(FIXTURES, 'policy'))),
      )
    return root
  }

  test('is built in groups to the same bytes', async () => {
    const root = environment()
    const expected = await kustomizeBuild(root)
    const builds: (readonly string[])[] = []
    const rendering = await renderFolder(
      root,
      builderWith(harden, ({ folders }) => builds.push(folders)),
      () => {},
    )
    expect(joinBuild(rendering.objects)).toBe(expected.stdout)
    expect(builds.map(({ length }) => length)).toEqual([6, 6])
  })

  test('prints nothing if one of them fails, and names only that one', async () => {
    const root = environment()
    edit(join(root, 'stack-7/r.yaml'), (text) => text.replace('spec: {', 'spec: {hostNetwork: true, '))
    const { stdout, stderr, exitCode } = await krmHardening(['render', '.'], { cwd: root })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('error: stack-7 does not build:\nerror: security-context-enforcer')
    expect(stderr.match(/does not build/g)).toHaveLength(1)
  })
})

const documents = (stream: string): string[] => stream.split('---\n').sort()
