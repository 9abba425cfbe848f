import { join } from 'node:path'
import { both, configMap, list } from './lib/both-ways.ts'
import { FIXTURES, removeFolders, tree } from './lib/command-line.ts'

afterAll(removeFolders)

describe('an environment that lists stacks is built stack by stack, to the same bytes', () => {
  test('through lists of lists, with every rank of kinds, and one name in several namespaces', async () => {
    const { expected, actual, inOnePiece } = await both(join(FIXTURES, 'environment'))
    expect(actual).toBe(expected.stdout)
    expect(actual.match(/^kind: /gm)?.length).toBeGreaterThan(15)
    expect(inOnePiece).toBeUndefined()
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
    expect(actual).toBe(expected.stdout)
    expect(actual).toMatch(/^apiVersion: v1\nkind: Service\n/)
    expect(inOnePiece).toBeUndefined()
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
    expect(actual).toBe(expected.stdout)
    expect(actual).toMatch(/name: a-settings-[a-z0-9]{10}/)
    expect(inOnePiece).toBeUndefined()
  })
})
