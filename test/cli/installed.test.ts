import { join } from 'node:path'
import { releasesOfFolder } from '../../cli/lock/chart/releases.ts'
import { chartLocksOf } from '../../cli/policy/chart-locks.ts'
import { installed } from '../../cli/policy/installed.ts'
import { passThrough } from '../../cli/runtime/functions.ts'
import { digestOf } from '../../functions/lib/charts/canonical-json.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { builderWith } from '../support/builder.ts'
import { removeFolders, tree } from './lib/command-line.ts'

afterAll(removeFolders)

const release = (namespace: string): KubernetesObject => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'shop', namespace },
  spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'shop' }, values: {} },
})
const source = (namespace: string): KubernetesObject => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
  metadata: { name: 'shop', namespace },
  spec: { url: 'oci://registry.example.com/charts/shop', ref: { tag: '1.2.3' } },
})
const objects = [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' }, spec: { ports: [] } }]
const lock = (namespace: string): object => ({
  apiVersion: 'krm-hardening.dev/v1alpha1',
  kind: 'ChartLock',
  metadata: { name: 'shop', namespace, annotations: { 'config.kubernetes.io/local-config': 'true' } },
  spec: {
    chart: { url: 'oci://registry.example.com/charts/shop', version: '1.2.3', digest: 'unknown' },
    release: { name: 'shop', namespace },
    values: digestOf({}),
    helm: 'v3.18.6',
    kubernetes: '1.32.0',
    digest: digestOf(objects),
    objects,
  },
})
const written = (...all: readonly object[]): string => all.map((one) => JSON.stringify(one)).join('\n---\n')

describe('releases of one name in two namespaces', () => {
  const build = ['one', 'two'].flatMap((namespace) => [source(namespace), release(namespace)])

  test('have each its own lock, which may be JSON', () => {
    const folder = tree({ 'kustomization.yaml': 'resources: [one.json]\n', 'one.json': JSON.stringify(lock('one')) })
    expect(chartLocksOf(folder)).toHaveLength(1)
    const found = installed(build, [{ folder, policies: [] }])
    expect(found.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'OCIRepository one',
      'OCIRepository two',
      'HelmRelease two',
      'Service one',
    ])
  })

  test('are locked in a file each', async () => {
    const folder = tree({ 'kustomization.yaml': 'resources: [all.yaml]\n', 'all.yaml': written(...build) })
    const found = await releasesOfFolder(folder, builderWith(passThrough), undefined)
    expect(found.map(({ object, file }) => [object.metadata.namespace, file])).toEqual([
      ['one', join(folder, 'one.shop.lock.yaml')],
      ['two', join(folder, 'two.shop.lock.yaml')],
    ])
  })

  test('keep the files that their locks are in', async () => {
    const folder = tree({
      'kustomization.yaml': 'resources: [all.yaml, two.yaml, locks.yaml]\n',
      'all.yaml': written(...build),
      'two.yaml': written(lock('two')),
      'locks.yaml': written(lock('one')),
    })
    const found = await releasesOfFolder(folder, builderWith(passThrough), undefined)
    expect(found.map(({ object, file }) => [object.metadata.namespace, file])).toEqual([
      ['one', join(folder, 'locks.yaml')],
      ['two', join(folder, 'two.yaml')],
    ])
  })
})
