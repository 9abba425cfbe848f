import { judge } from '../../functions/flux-conventions/judge.ts'
import { loadSchemas } from '../../functions/flux-conventions/schemas/schemas.ts'
import { type Entry, type Repository, Tree } from '../../functions/flux-conventions/tree/tree.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { configMap, kustomization, release } from './build.ts'

// What rules say about a whole repository, whose files and folders are known.

const SPEC = { mode: 'mutate', fix: false, complete: true } as const

const entry = (object: KubernetesObject, more: Partial<Entry> = {}): Entry => ({
  object,
  namespace: object.metadata.namespace,
  ...more,
})

/** `[rule, severity, path]` of what a repository breaks, without the rules that need the rest of it. */
async function found(
  entries: Entry[],
  known: Partial<Repository> = {},
  spec: Parameters<typeof judge>[1] = SPEC,
): Promise<unknown[][]> {
  const none = {
    missing: [],
    unbuilt: [],
    remotes: [],
    variables: new Set<string>(),
    unbuiltObjects: new Set<string>(),
  }
  const repository = { roots: new Set<Entry>(), ...none, ...known }
  const tree = new Tree(entries, { isComplete: true, schemas: await loadSchemas(), repository })
  return judge(tree, spec)
    .filter(({ id }) => !/source-exists|namespace-exists/.test(id))
    .map(({ id, severity, field }) => [id.replace('flux-conventions/', ''), severity, field?.path])
}

const app = entry(kustomization())

describe('the folder of a Kustomization', () => {
  test('that is there and builds is as it should be', async () => {
    expect(await found([app])).toEqual([])
  })

  test('must be there', async () => {
    expect(await found([app], { missing: [app] })).toEqual([['path', 'error', 'spec.path']])
  })

  test('must build', async () => {
    const unbuilt = [{ entry: app, reason: 'no such file' }]
    expect(await found([app], { unbuilt })).toEqual([['build', 'error', 'spec.path']])
  })

  test.each<[path: string, isFine: boolean]>([
    ['./apps/web/shop/app', true],
    ['apps/web/shop/app/', true],
    ['web/shop/app', true],
    ['./apps/web/shop', false],
    ['shop/app', false],
    ['./apps/web/shop/app/base', false],
    ['./apps/other/shop/app', false],
    ['./apps/web/other/app', false],
  ])('is called after namespace and app: %s, %s', async (path, isFine) => {
    const expected = isFine ? [] : [['path', 'info', 'spec.path']]
    expect(await found([entry(kustomization({ path }))])).toEqual(expected)
  })

  test('is of the namespace of the Kustomization where nothing else is said', async () => {
    const here = entry(
      kustomization({ interval: '5m', targetNamespace: undefined, path: './apps/flux-system/shop/app' }),
    )
    expect(await found([here])).toEqual([['target-namespace', 'warning', 'spec.targetNamespace']])
  })

  test.each<[url: string, severity: string | undefined]>([
    ['https://github.com/example/app//deploy?ref=main', 'error'],
    ['https://github.com/example/app//deploy?ref=v1.2.3', 'warning'],
    [`https://github.com/example/app//deploy?ref=${'0123456789'.repeat(4)}`, undefined],
  ])('takes %s from elsewhere: %s', async (url, severity) => {
    const remotes = [{ entry: app, file: 'apps/web/shop/app/kustomization.yaml', url }]
    expect(await found([app], { remotes })).toEqual(severity ? [['remote-resource', severity, 'spec.path']] : [])
  })
})

describe('what Flux starts from', () => {
  const root = entry(
    kustomization({ interval: '5m', targetNamespace: undefined, commonMetadata: undefined, path: './clusters/home' }),
  )

  test('applies to many namespaces, under many names', async () => {
    expect(await found([root], { roots: new Set([root]) })).toEqual([])
  })

  test('is told from the rest, which needs them', async () => {
    expect((await found([root])).map(([rule]) => rule)).toEqual(['path', 'target-namespace', 'common-metadata'])
  })
})

describe('the folder for sources', () => {
  const source = (file?: string) =>
    entry(
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name: 'apps', namespace: 'flux-system' },
        spec: { interval: '1h', url: 'https://example.com/apps' },
      },
      { file },
    )
  const OUTSIDE = [['source-location', 'info', 'kind']]

  test('is flux/meta/repos, or the one of the policy', async () => {
    const own = { ...SPEC, sources: 'sources' }
    expect(await found([source('flux/meta/repos/git/apps.yaml')])).toEqual([])
    expect(await found([source('flux/meta/repos-of-others/apps.yaml')])).toEqual(OUTSIDE)
    expect(await found([source('apps/web/apps.yaml')])).toEqual(OUTSIDE)
    expect(await found([source('sources/apps.yaml')], {}, own)).toEqual([])
    expect(await found([source('flux/meta/repos/apps.yaml')], {}, own)).toEqual(OUTSIDE)
  })

  test('is not asked for where no file is known', async () => {
    expect(await found([source()])).toEqual([])
  })
})

describe('a variable that nothing substitutes', () => {
  const inside = (object: object, applier: Entry | undefined = app) =>
    entry({ metadata: { name: 'a', namespace: 'web' }, ...object } as KubernetesObject, { appliedBy: applier })
  const service = (spec: object, metadata: object = {}) =>
    inside({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'web', ...metadata }, spec })
  const LOST = (path: string) => [['substitute', 'error', path]]

  test.each([['${IP}'], ['http://${HOST:=example}/a'], ['${A_1}']])('is found in %s', async (loadBalancerIP) => {
    expect(await found([app, service({ loadBalancerIP })])).toEqual(LOST('spec.loadBalancerIP'))
  })

  test.each([
    ['a name in lower case, which programs use', '${ip}'],
    ['a name in mixed case', '${Ip}'],
    ['a name that only ends in upper case', '${aIP}'],
    ['an escaped one', '$${IP}'],
    ['one of Kubernetes', '$(IP)'],
    ['one without braces', '$IP'],
    ['a text of several lines', 'a\n${IP}'],
  ])('is none in %s', async (_, loadBalancerIP) => {
    expect(await found([app, service({ loadBalancerIP })])).toEqual([])
  })

  test('is none in a command, in arguments, in a script and in a ConfigMap', async () => {
    for (const key of ['command', 'args', 'script'])
      expect(await found([app, service({ [key]: ['${IP}'] })])).toEqual([])
    expect(await found([app, inside(configMap('a', { IP: '${IP}' }))])).toEqual([])
  })

  test('is found under a key that only begins like that of arguments', async () => {
    expect(await found([app, service({ argsFor: '${IP}' })])).toEqual(LOST('spec.argsFor'))
  })

  test('is found there too if some Kustomization of the repository substitutes the name', async () => {
    const variables = new Set(['ip'])
    expect(await found([app, inside(configMap('a', { IP: 'a\n${ip}' }))], { variables })).toEqual(LOST('data.IP'))
    expect(await found([app, service({ args: ['-a', '${ip}'] })], { variables })).toEqual(LOST('spec.args[1]'))
  })

  test('is meant so where the object opts out, by annotation or label', async () => {
    const key = 'kustomize.toolkit.fluxcd.io/substitute'
    const loadBalancerIP = '${IP}'
    for (const field of ['annotations', 'labels']) {
      expect(await found([app, service({ loadBalancerIP }, { [field]: { [key]: 'disabled' } })])).toEqual([])
      expect(await found([app, service({ loadBalancerIP }, { [field]: { [key]: 'enabled' } })])).toEqual(
        LOST('spec.loadBalancerIP'),
      )
    }
  })

  test('is left to postBuild, and to whoever applies what no Kustomization is known for', async () => {
    const substituting = entry(kustomization({ postBuild: { substitute: { IP: '192.0.2.1' } } }))
    const object = { apiVersion: 'v1', kind: 'Service', spec: { loadBalancerIP: '${IP}' } }
    expect(await found([substituting, inside(object, substituting)])).toEqual([])
    expect(await found([app, entry({ ...object, metadata: { name: 'a' } })])).toEqual([])
  })
})

test('an object in a folder that does not build is not missed', async () => {
  const unbuiltObjects = new Set(['Kustomization/base', 'ConfigMap/values'])
  const needing = entry(kustomization({ dependsOn: [{ name: 'base' }] }))
  const taking = entry(release({ valuesFrom: [{ kind: 'ConfigMap', name: 'values' }] }))
  expect(await found([needing, taking], { unbuiltObjects })).toEqual([])
  expect(await found([needing, taking])).toEqual([
    ['depends-exists', 'error', 'spec.dependsOn[0]'],
    ['values-exist', 'error', 'spec.valuesFrom[0].name'],
  ])
})
