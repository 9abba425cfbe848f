import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { placeInPackage } from '../../functions/lib/resource-list/package-path.ts'
import type { ResourceList } from '../../functions/lib/resource-list/resource-list.ts'

const policy = (name: string, namespace = 'shop', annotations = {}): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace, annotations },
})
const listOf = (caller: ResourceList['caller'], ...paths: string[]) =>
  ({
    caller,
    items: paths.map((path) => ({
      text: `- metadata:\n    annotations:\n      internal.config.kubernetes.io/path: '${path}'\n`,
    })),
  }) as unknown as ResourceList

function pathsOf(added: readonly KubernetesObject[], list: ResourceList): (string | undefined)[] {
  return placeInPackage(added, list).map(({ metadata: { annotations } }) => {
    expect(annotations?.['config.kubernetes.io/path']).toBe(annotations?.['internal.config.kubernetes.io/path'])
    return annotations?.['internal.config.kubernetes.io/path']
  })
}

test.each<[string, string[], string[], string[]]>([
  ['next to the first item', ['app/a.yaml', 'b.yaml'], ['cart'], ['app/networkpolicy-cart.yaml']],
  ['at the top of the package', ['a.yaml'], ['cart'], ['networkpolicy-cart.yaml']],
  ['at the top, if no item has a file', [], ['cart'], ['networkpolicy-cart.yaml']],
  [
    'in a file that no item has',
    ['networkpolicy-cart.yaml', 'networkpolicy-cart-2.yaml'],
    ['cart'],
    ['networkpolicy-cart-3.yaml'],
  ],
  [
    'each in its own file, whatever their names',
    ['a.yaml'],
    ['cart', 'cart', 'cart'],
    ['networkpolicy-cart.yaml', 'networkpolicy-cart-2.yaml', 'networkpolicy-cart-3.yaml'],
  ],
  ['in no other folder, whatever its name', ['app/a.yaml'], ['../../cart'], ['app/networkpolicy-..-..-cart.yaml']],
])('kpt writes a generated object %s', (_, paths, names, expected) => {
  const added = names.map((name, index) => policy(name, `shop-${index}`))
  expect(pathsOf(added, listOf('kpt', ...paths))).toEqual(expected)
})

test('other annotations stay, and the object itself is not edited', () => {
  const object = policy('cart', 'shop', { why: 'because' })
  expect(placeInPackage([object], listOf('kpt', 'a.yaml'))[0]?.metadata.annotations).toMatchObject({ why: 'because' })
  expect(object.metadata.annotations).toEqual({ why: 'because' })
})

test.each(['kustomize', 'stdin'] as const)('no file is named for %s, which has none', (caller) => {
  expect(placeInPackage([policy('cart')], listOf(caller, 'a.yaml'))).toEqual([policy('cart')])
})
