import { describe, expect, test } from '@jest/globals'
import { imageMirrorDigest } from '../../../functions/image-mirror-digest/function.ts'
import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import { keepVersion } from '../../../functions/image-mirror-digest/places/joined-images.ts'
import { parseConfig } from '../../../functions/lib/framework/config.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { found, IMAGE, object, places } from './lib.ts'

describe('custom resources', () => {
  const nested = (path: string): Record<string, unknown> =>
    path.split('.').reduceRight<unknown>((value, key) => (key === '0' ? [value] : { [key]: value }), IMAGE) as Record<
      string,
      unknown
    >

  test.each([
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.kafka.image'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.kafka.brokerRackInitImage'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.zookeeper.image'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.entityOperator.topicOperator.image'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.entityOperator.userOperator.image'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.kafkaExporter.image'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.cruiseControl.image'],
    ['kafka.strimzi.io/v1beta2', 'Kafka', 'spec.kafka.template.pod.volumes.0.image.reference'],
    ['kafka.strimzi.io/v1beta2', 'KafkaNodePool', 'spec.template.pod.volumes.0.image.reference'],
    ['kafka.strimzi.io/v1beta2', 'KafkaConnect', 'spec.image'],
    ['kafka.strimzi.io/v1beta2', 'KafkaConnect', 'spec.plugins.0.artifacts.0.reference'],
    ['kafka.strimzi.io/v1beta2', 'KafkaMirrorMaker2', 'spec.clientRackInitImage'],
    ['kafka.strimzi.io/v1beta2', 'KafkaBridge', 'spec.image'],
    ['monitoring.coreos.com/v1', 'Prometheus', 'spec.image'],
    ['monitoring.coreos.com/v1', 'Prometheus', 'spec.thanos.image'],
    ['monitoring.coreos.com/v1', 'Prometheus', 'spec.containers.0.image'],
    ['monitoring.coreos.com/v1alpha1', 'PrometheusAgent', 'spec.initContainers.0.image'],
    ['monitoring.coreos.com/v1', 'Alertmanager', 'spec.image'],
    ['monitoring.coreos.com/v1', 'ThanosRuler', 'spec.image'],
    ['planetscale.com/v2', 'VitessCluster', 'spec.images.vtgate'],
    ['planetscale.com/v2', 'VitessCluster', 'spec.images.mysqld.mysql80Compatible'],
    ['pingcap.com/v1alpha1', 'TidbCluster', 'spec.helper.image'],
    ['pingcap.com/v1alpha1', 'TidbCluster', 'spec.tidb.slowLogTailer.image'],
    ['pingcap.com/v1alpha1', 'TidbCluster', 'spec.tikv.initContainers.0.image'],
    ['pingcap.com/v1alpha1', 'DMCluster', 'spec.worker.additionalContainers.0.image'],
    ['pingcap.com/v1alpha1', 'TidbInitializer', 'spec.image'],
    ['pingcap.com/v1alpha1', 'Backup', 'spec.toolImage'],
    ['pingcap.com/v1alpha1', 'BackupSchedule', 'spec.backupTemplate.toolImage'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'spec.values.a.b.image'],
    ['argoproj.io/v1alpha1', 'Application', 'spec.sources.0.helm.valuesObject.image'],
  ])('%s %s %s', async (apiVersion, kind, path) => {
    const resource = object(apiVersion, kind, nested(path))
    expect(await found(resource)).toEqual([`${path.replaceAll(/\.0/g, '[0]')} ${IMAGE}`])
    expect(places.mayHold({ ...resource, text: '' })).toBe(true)
    expect(await found({ ...resource, apiVersion: 'example.com/v1' })).toEqual([])
  })

  const PARTS = { baseImage: 'a/b', version: 'v1' }
  test.each([
    ['TidbMonitor', { spec: { prometheus: PARTS, grafana: PARTS } }, ['spec.prometheus', 'spec.grafana']],
    ['TidbMonitor', { spec: { reloader: PARTS, initializer: PARTS } }, ['spec.reloader', 'spec.initializer']],
    ['TidbMonitor', { spec: { dm: { initializer: PARTS } } }, ['spec.dm.initializer']],
    ['TidbDashboard', { spec: PARTS }, ['spec']],
    ['TidbNGMonitoring', { spec: { ngMonitoring: PARTS } }, ['spec.ngMonitoring']],
    ['TidbCluster', { spec: { version: 'v2', pd: PARTS, ticdc: PARTS } }, ['spec.pd', 'spec.ticdc']],
    [
      'DMCluster',
      { spec: { master: PARTS, worker: { baseImage: 'a/b' }, version: 'v1' } },
      ['spec.master', 'spec.worker'],
    ],
  ])('%s joins %j', async (kind, body, paths) => {
    expect(await found(object('pingcap.com/v1alpha1', kind, body))).toEqual(
      paths.map((path) => `${path}.baseImage a/b:v1`),
    )
  })

  test.each([
    [{ baseImage: 'a/b', tag: 'v1' }, 'a/b:v1'],
    [{ baseImage: 'a/b', tag: 'v1', sha: 'c'.repeat(64) }, `a/b:v1@sha256:${'c'.repeat(64)}`],
    [{ baseImage: 'a/b' }, 'a/b'],
  ])('Prometheus joins %j', async (spec, text) => {
    expect(await found(object('monitoring.coreos.com/v1', 'Prometheus', { spec }))).toEqual([`spec.baseImage ${text}`])
  })

  test('a component of a TidbCluster that names no image runs what the operator chooses', async () => {
    const cluster = (spec: unknown) => object('pingcap.com/v1alpha1', 'TidbCluster', { spec })
    expect(await found(cluster({ version: 'v8.5.2', tiflash: {} }))).toEqual([
      'spec.tiflash.baseImage pingcap/tiflash:v8.5.2',
    ])
    expect(await found(cluster({ tiflash: {} }))).toEqual([])
    expect(await found(cluster({ tikv: { baseImage: 'a/b', version: { toString: 'x' } } }))).toEqual([
      'spec.tikv.baseImage a/b:{"toString":"x"}',
    ])
    const migration = { spec: { version: 'v2.0.0', master: {}, worker: {} } }
    expect(await found(object('pingcap.com/v1alpha1', 'DMCluster', migration))).toEqual([
      'spec.master.baseImage pingcap/dm:v2.0.0',
      'spec.worker.baseImage pingcap/dm:v2.0.0',
    ])
    expect(await found(cluster({ version: 'v8.5.2', tikv: { baseImage: 'a/b', version: '' } }))).toEqual([
      'spec.tikv.baseImage a/b',
    ])
  })
})

describe('a place of your own', () => {
  const widget = object('example.com/v1', 'Widget', {
    spec: { 'a.b': [{ image: IMAGE }, { image: 'c/d:2' }], other: { image: 'e/f:3' } },
  })
  const own = (path: string, match?: { name: string }) =>
    new Places({ own: { kind: 'example.com/Widget', path, ...(match && { match }) } })

  test.each([
    ['spec["a.b"][0].image', [IMAGE]],
    ['spec["a.b"][*].image', [IMAGE, 'c/d:2']],
    ['spec["a.b"].*.image', [IMAGE, 'c/d:2']],
    ['spec["a.b"][2].image', []],
    ['spec.a.b[0].image', []],
    ['spec.**.image', [IMAGE, 'c/d:2', 'e/f:3']],
    ['spec.*.image', ['e/f:3']],
    ['spec.other', []],
  ])('%s', async (path, images) => {
    const items = await own(path).imagesOf(widget)
    expect(items.map((item) => 'text' in item && item.text)).toEqual(images)
  })

  test('counts only in objects that match', async () => {
    expect(await found(widget, own('spec.other.image', { name: 'x' }))).toEqual(['spec.other.image e/f:3'])
    expect(await found(widget, own('spec.other.image', { name: 'y' }))).toEqual([])
  })

  test('two places of one kind both count', async () => {
    const both = new Places({
      one: { kind: 'example.com/Widget', path: 'spec.other.image' },
      two: { kind: 'example.com/Widget', path: 'spec["a.b"][0].image' },
    })
    expect(await found(widget, both)).toHaveLength(2)
  })

  test.each(['!example.com/Widget', 'example.com/Widget!', 'Widget'])('is of a group and a kind, not of %s', (kind) => {
    const spec = { places: { own: { kind, path: 'spec.image' } } }
    expect(() => parseConfig(imageMirrorDigest.schema, spec, 'spec')).toThrow('group/Kind such as')
  })
})

describe('TiDB Operator', () => {
  const DIGEST = `sha256:${'c'.repeat(64)}`
  const write = async (resource: KubernetesObject, image: { name: string; tag?: string; digest?: string }) => {
    for (const item of await places.imagesOf(resource)) if ('text' in item) await item.write(image)
    return resource.spec
  }
  const cluster = (pd: unknown) => object('pingcap.com/v1alpha1', 'TidbCluster', { spec: { version: 'v8.5.2', pd } })

  test('a digest goes to the container that the operator merges', async () => {
    expect(await write(cluster({ baseImage: 'a/pd' }), { name: 'm/pd', digest: DIGEST })).toEqual({
      version: 'v8.5.2',
      pd: { baseImage: 'm/pd', additionalContainers: [{ name: 'pd', image: `m/pd@${DIGEST}` }] },
    })
  })
  test('without a digest only the repository changes', async () => {
    expect(await write(cluster({ baseImage: 'a/pd' }), { name: 'm/pd', tag: 'v8.5.2' })).toEqual({
      version: 'v8.5.2',
      pd: { baseImage: 'm/pd' },
    })
  })
  test('a digest goes past other containers', async () => {
    const other = { name: 'other', image: 'own/other:1' }
    const pd = { baseImage: 'a/pd', additionalContainers: [other, { name: 'pd' }] }
    const component = (await places.imagesOf(cluster(pd))).find((item) => 'text' in item && item.text === 'a/pd:v8.5.2')
    if (component && 'text' in component) await component.write({ name: 'm/pd', digest: DIGEST })
    expect(pd.additionalContainers).toEqual([other, { name: 'pd', image: `m/pd@${DIGEST}` }])
  })
  test.each<[unknown, string | undefined]>([
    ['v1.2.3', undefined],
    [`v1.2.3@${DIGEST}`, 'v1.2.3'],
    [5, undefined],
  ])('its monitor is told the version that a tag with a digest hides: %j', (version, told) => {
    const monitor = object('pingcap.com/v1alpha1', 'TidbMonitor', { spec: { initializer: { version } } })
    keepVersion(monitor)
    expect((monitor.spec as Record<string, unknown>).alertManagerRulesVersion).toBe(told)
  })
  test('an image that the container already has stays', async () => {
    const own = { baseImage: 'a/pd', additionalContainers: [{ name: 'pd', image: 'own/pd:1' }] }
    const [ownImage, component] = await places.imagesOf(cluster(own))
    expect([ownImage, component]).toMatchObject([{ text: 'own/pd:1' }, { text: 'a/pd:v8.5.2' }])
    if (component && 'text' in component) await component.write({ name: 'm/pd', digest: DIGEST })
    expect(own).toEqual({ baseImage: 'm/pd', additionalContainers: [{ name: 'pd', image: 'own/pd:1' }] })
  })
})
