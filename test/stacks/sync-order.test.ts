import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KubernetesObject, describe as nameOf } from '../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import { environments, examples, objectsOf, rendered, root, stacks } from '../support/stacks.ts'
import { applicationsOf } from './lib/applications.ts'
import { defines } from './sync-order/cluster.ts'
import { needsOf } from './sync-order/needs.ts'
import { isAhead, waveOf } from './sync-order/step.ts'

const built = new Map([...stacks, ...examples].map((stack) => [stack, objectsOf(rendered(stack))] as const))
const objectsIn = (stack: string): KubernetesObject[] => {
  const objects = built.get(stack)
  if (!objects) throw new Error(`overlays/${stack}: no such stack`)
  return objects
}

/** What comes too late, each as `first must come before second`. */
const disorder = (objects: readonly KubernetesObject[]): string[] =>
  needsOf(objects)
    .filter(({ first, second, distance }) => !isAhead(first, second, distance))
    .map(({ first, second, distance }) => `${nameOf(first)} before ${nameOf(second)} (${distance})`)

test.each([...stacks, ...examples])('in %s everything comes after what it needs', (stack) => {
  expect(disorder(objectsIn(stack))).toEqual([])
})

describe('what the stacks need is found in them', () => {
  const needs = (stack: string): string[] =>
    needsOf(objectsIn(stack)).map(({ first, second }) => `${nameOf(first)} < ${nameOf(second)}`)

  test.each(environments)('in mimir of %s', (environment) => {
    expect(needs(`${environment}/mimir`)).toEqual(
      expect.arrayContaining([
        'Namespace mimir < StatefulSet mimir/mimir-minio',
        // Written in dev, made from an ExternalSecret in production.
        expect.stringMatching(/^(?:External)?Secret mimir\/mimir-minio(?:-\w+)? < StatefulSet mimir\/mimir-minio$/),
        'StatefulSet mimir/mimir-minio < Job mimir/mimir-mc',
        'Job mimir/mimir-mc < StatefulSet mimir/mimir-ingester',
        'KafkaNodePool mimir/kafka < Kafka mimir/mimir-ingest',
        'Kafka mimir/mimir-ingest < KafkaTopic mimir/mimir-ingest',
        'KafkaTopic mimir/mimir-ingest < Deployment mimir/mimir-distributor',
        'NetworkPolicy mimir/mimir-kafka < Kafka mimir/mimir-ingest',
        'NetworkPolicy mimir/mimir-mc < Job mimir/mimir-mc',
      ]),
    )
  })

  test('in cilium-etcd of production', () => {
    expect(needs('production/cilium-etcd')).toEqual(
      expect.arrayContaining([
        'Certificate kube-system/cilium-etcd < StatefulSet kube-system/cilium-etcd-0',
        'ExternalSecret kube-system/cilium-etcd-snapshots < CronJob kube-system/cilium-etcd-snapshots',
      ]),
    )
  })

  test.each(environments)('in tidb-operator of %s', (environment) => {
    expect(needs(`${environment}/tidb-operator`)).toEqual(
      expect.arrayContaining([
        'CustomResourceDefinition tidbclusters.pingcap.com < Deployment tidb-operator/tidb-operator',
        'ServiceAccount tidb-operator/tidb-operator < Deployment tidb-operator/tidb-operator',
      ]),
    )
  })
})

describe('another order would be refused', () => {
  const inWave = (wave: string, name: string): KubernetesObject[] =>
    objectsIn('dev/mimir').map((object) =>
      nameOf(object) === name
        ? { ...object, metadata: { ...object.metadata, annotations: { 'argocd.argoproj.io/sync-wave': wave } } }
        : object,
    )

  test.each([
    ['Namespace mimir', '1', 'Namespace mimir before Kafka mimir/mimir-ingest (earlier)'],
    ['StatefulSet mimir/mimir-minio', '-1', 'StatefulSet mimir/mimir-minio before Job mimir/mimir-mc (earlier wave)'],
    ['Job mimir/mimir-mc', '0', 'Job mimir/mimir-mc before StatefulSet mimir/mimir-store-gateway (earlier wave)'],
    ['KafkaNodePool mimir/kafka', '-2', 'KafkaNodePool mimir/kafka before Kafka mimir/mimir-ingest (earlier wave)'],
    ['Kafka mimir/mimir-ingest', '-1', 'Kafka mimir/mimir-ingest before KafkaTopic mimir/mimir-ingest (earlier wave)'],
    [
      'NetworkPolicy mimir/mimir-kafka',
      '0',
      'NetworkPolicy mimir/mimir-kafka before Kafka mimir/mimir-ingest (same wave)',
    ],
  ])('%s in wave %s', (name, wave, message) => {
    expect(disorder(inWave(wave, name))).toContain(message)
  })

  test('a wave that is no integer, which Argo CD takes for 0', () => {
    expect(() => disorder(inWave('first', 'Job mimir/mimir-mc'))).toThrow(
      'Job mimir/mimir-mc: argocd.argoproj.io/sync-wave: expected an integer as a string, found "first"',
    )
  })
})

describe.each(environments)('the Applications of %s', (environment) => {
  const applications = applicationsOf(environment)
  const deploys = ({ metadata }: KubernetesObject): KubernetesObject[] => objectsIn(`${environment}/${metadata.name}`)
  const definitionsOf = (application: KubernetesObject): KubernetesObject[] =>
    deploys(application).filter(({ kind }) => kind === 'CustomResourceDefinition')

  /** What others wait for: first what runs in the network of the nodes, because pods have none yet; then what defines kinds. */
  const tiers = {
    hostNetwork: (application: KubernetesObject): boolean =>
      workloadsOf(deploys(application)).some(({ template }) => template.spec.hostNetwork),
    definitions: (application: KubernetesObject): boolean => definitionsOf(application).length > 0,
    rest: (): boolean => true,
  }
  const tierOf = (application: KubernetesObject): number => Object.values(tiers).findIndex((isIn) => isIn(application))
  const wavesOf = (tier: number): number[] => applications.filter((one) => tierOf(one) === tier).map(waveOf)

  test('put cilium-etcd before everything, and what defines kinds before the rest', () => {
    expect(applications.map((one) => [one.metadata.name, Object.keys(tiers)[tierOf(one)]]).sort()).toEqual([
      ['cilium-etcd', 'hostNetwork'],
      ['mimir', 'rest'],
      ['tidb-operator', 'definitions'],
    ])
    expect(Math.max(...wavesOf(0))).toBeLessThan(Math.min(...wavesOf(1)))
    expect(Math.max(...wavesOf(1))).toBeLessThan(Math.min(...wavesOf(2)))
  })

  test('define a TidbCluster before the wave in which one could be deployed', () => {
    const [cluster] = objectsOf(readFileSync(join(root, 'examples/tidb-cluster/tidbcluster.yaml'), 'utf8'))
    if (cluster?.kind !== 'TidbCluster')
      throw new Error('examples/tidb-cluster/tidbcluster.yaml: expected a TidbCluster')
    const [defining, another] = applications.filter((one) => definitionsOf(one).some((crd) => defines(crd, cluster)))
    if (!defining || another) throw new Error('expected one Application that defines TidbCluster')
    expect(waveOf(defining)).toBeLessThan(Math.min(...wavesOf(2)))
  })
})
