import { checkMissingKeys } from '../../cli/checks/missing-keys.ts'
import { describeFinding } from '../../functions/lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const source = (kind: string, more: Fields = { data: { url: 'x', 'app.conf': 'x' } }): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'settings', namespace: 'shop' },
  ...more,
})
const pod = (spec: Fields, container: Fields = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { containers: [{ name: 'app', image: 'example/cart:1', ...container }], ...spec },
})
const variable = (valueFrom: Fields): KubernetesObject => pod({}, { env: [{ name: 'URL', valueFrom }] })
const volume = (fields: Fields, mount: Fields = {}): KubernetesObject =>
  pod(
    { volumes: [{ name: 'files', ...fields }] },
    { volumeMounts: [{ name: 'files', mountPath: '/etc/app', ...mount }] },
  )
const found = (...objects: KubernetesObject[]): string[] =>
  checkMissingKeys({ folder: '/nowhere', objects, files: [], repository: undefined }).map(describeFinding)
const missing = (path: string, key: string, kind: string, meant = ''): string =>
  `Pod shop/cart: ${path}: found no key ${key} in ${kind} shop/settings${meant}; correct the key, add it there, or set optional: true`

const ENV = 'spec.containers[0].env[0].valueFrom'

describe('a key that a pod takes from the rendering, and that is not there', () => {
  test.each<[string, KubernetesObject, string, string]>([
    [
      'of a variable',
      variable({ configMapKeyRef: { name: 'settings', key: 'host' } }),
      `${ENV}.configMapKeyRef.key`,
      'ConfigMap',
    ],
    [
      'of a Secret',
      variable({ secretKeyRef: { name: 'settings', key: 'host', optional: false } }),
      `${ENV}.secretKeyRef.key`,
      'Secret',
    ],
    [
      'of an item of a volume',
      volume({
        configMap: {
          name: 'settings',
          items: [
            { key: 'url', path: 'url' },
            { key: 'host', path: 'h' },
          ],
        },
      }),
      'spec.volumes[0].configMap.items[1].key',
      'ConfigMap',
    ],
    [
      'of an item of a Secret',
      volume({ secret: { secretName: 'settings', items: [{ key: 'host', path: 'h' }] } }),
      'spec.volumes[0].secret.items[0].key',
      'Secret',
    ],
    [
      'of a part of a projected volume',
      volume({
        projected: {
          sources: [
            { serviceAccountToken: { path: 't' } },
            { secret: { name: 'settings', items: [{ key: 'host', path: 'h' }] } },
          ],
        },
      }),
      'spec.volumes[0].projected.sources[1].secret.items[0].key',
      'Secret',
    ],
    [
      'that is mounted alone',
      volume({ configMap: { name: 'settings' } }, { subPath: 'host' }),
      'spec.containers[0].volumeMounts[0].subPath',
      'ConfigMap',
    ],
  ])('%s', (_, object, path, kind) => {
    expect(found(object, source(kind))).toEqual([missing(path, 'host', kind)])
  })

  test('is named with the one that was probably meant', () => {
    expect(found(volume({ configMap: { name: 'settings' } }, { subPath: 'app.cnf' }), source('ConfigMap'))).toEqual([
      missing('spec.containers[0].volumeMounts[0].subPath', 'app.cnf', 'ConfigMap', ' (did you mean app.conf?)'),
    ])
  })
})

describe('no key is missed', () => {
  const secret = variable({ secretKeyRef: { name: 'settings', key: 'host' } })
  test.each<[string, KubernetesObject[]]>([
    ['that is there', [variable({ configMapKeyRef: { name: 'settings', key: 'url' } }), source('ConfigMap')]],
    ['that is there as text of a Secret', [secret, source('Secret', { stringData: { host: 'x' } })]],
    [
      'that is there in binary',
      [
        variable({ configMapKeyRef: { name: 'settings', key: 'host' } }),
        source('ConfigMap', { binaryData: { host: 'eA==' } }),
      ],
    ],
    [
      'that is optional',
      [variable({ configMapKeyRef: { name: 'settings', key: 'host', optional: true } }), source('ConfigMap')],
    ],
    [
      'of an optional volume',
      [
        volume({ configMap: { name: 'settings', optional: true, items: [{ key: 'host', path: 'h' }] } }),
        source('ConfigMap'),
      ],
    ],
    ['of an object of another build', [secret]],
    ['of an object of another kind', [secret, source('ConfigMap')]],
    ['of a Secret that something fills', [secret, source('Secret', { type: 'Opaque' })]],
    [
      'of the Secret of a token',
      [secret, source('Secret', { type: 'kubernetes.io/service-account-token', data: { extra: 'eA==' } })],
    ],
    [
      'of a Secret to which an ExternalSecret adds',
      [
        secret,
        source('Secret'),
        {
          apiVersion: 'external-secrets.io/v1',
          kind: 'ExternalSecret',
          metadata: { name: 'more', namespace: 'shop' },
          spec: { target: { name: 'settings', creationPolicy: 'Merge' } },
        },
      ],
    ],
    [
      'of a ConfigMap that OpenShift fills',
      [
        variable({ configMapKeyRef: { name: 'settings', key: 'host' } }),
        {
          ...source('ConfigMap'),
          metadata: {
            name: 'settings',
            namespace: 'shop',
            labels: { 'config.openshift.io/inject-trusted-cabundle': 'true' },
          },
        },
      ],
    ],
    [
      'that a placeholder stands for',
      [variable({ configMapKeyRef: { name: 'settings', key: '${KEY}' } }), source('ConfigMap')],
    ],
    ['of a mount of all files', [volume({ configMap: { name: 'settings' } }), source('ConfigMap')]],
    [
      'of a mount of a file that an item names',
      [
        volume({ configMap: { name: 'settings', items: [{ key: 'url', path: 'host' }] } }, { subPath: 'host' }),
        source('ConfigMap'),
      ],
    ],
  ])('%s', (_, objects) => {
    expect(found(...objects)).toEqual([])
  })
})
