import { describe, expect, test } from '@jest/globals'
import { imageMirrorDigest } from '../../functions/image-mirror-digest/function.ts'
import { Places } from '../../functions/image-mirror-digest/places/find.ts'
import { detailsOf } from '../../functions/image-mirror-digest/places/image-at.ts'
import { keepVersion } from '../../functions/image-mirror-digest/places/joined-images.ts'
import { chartRepository } from '../../functions/image-mirror-digest/places/sources.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { formatPath, type KubernetesObject, setMeta } from '../../functions/lib/kubernetes/objects.ts'

const places = new Places({})
const IMAGE = 'quay.io/a/b:1'

async function found(object: KubernetesObject, by = places): Promise<string[]> {
  const items = await by.imagesOf(object)
  return items.map((item) => ('text' in item ? `${formatPath(item.path)} ${item.text}` : item.message))
}

const object = (apiVersion: string, kind: string, body: Record<string, unknown>): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...body,
})
const podSpec = (extra: Record<string, unknown> = {}) => ({ containers: [{ name: 'c', image: IMAGE, ...extra }] })

describe('pod specs', () => {
  test.each([
    ['v1', 'Pod', { spec: podSpec() }, 'spec'],
    ['v1', 'PodTemplate', { template: { spec: podSpec() } }, 'template.spec'],
    ['v1', 'ReplicationController', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'Deployment', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'StatefulSet', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'DaemonSet', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['apps/v1', 'ReplicaSet', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['batch/v1', 'Job', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    [
      'batch/v1',
      'CronJob',
      { spec: { jobTemplate: { spec: { template: { spec: podSpec() } } } } },
      'spec.jobTemplate.spec.template.spec',
    ],
    ['serving.knative.dev/v1', 'Service', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
    ['argoproj.io/v1alpha1', 'Rollout', { spec: { template: { spec: podSpec() } } }, 'spec.template.spec'],
  ])('%s %s', async (apiVersion, kind, body, path) => {
    expect(await found(object(apiVersion, kind, body))).toEqual([`${path}.containers[0].image ${IMAGE}`])
  })

  test('a Job of another group is not a Job', async () => {
    expect(await found(object('batch.example.com/v1', 'Job', { spec: { template: { spec: podSpec() } } }))).toEqual([])
  })

  test('every container list, and image volumes', async () => {
    const pod = object('v1', 'Pod', {
      spec: {
        initContainers: [
          { name: 'i', image: 'init:1' },
          { name: 's', image: 'sidecar:1', restartPolicy: 'Always' },
        ],
        containers: [{ name: 'c', image: 'main:1' }, { name: 'patched-in-later' }],
        ephemeralContainers: [{ name: 'e', image: 'debug:1' }],
        volumes: [
          { name: 'empty', emptyDir: {} },
          { name: 'model', image: { reference: 'model:1' } },
        ],
      },
    })
    expect(await found(pod)).toEqual([
      'spec.initContainers[0].image init:1',
      'spec.initContainers[1].image sidecar:1',
      'spec.containers[0].image main:1',
      'spec.ephemeralContainers[0].image debug:1',
      'spec.volumes[1].image.reference model:1',
    ])
  })

  test('auto is an image like any other, unless Istio replaces it with its proxy', async () => {
    const gateway = object('v1', 'Pod', { spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } })
    expect(await found(gateway)).toEqual(['spec.containers[0].image auto'])
    setMeta(gateway, 'annotations', 'inject.istio.io/templates', 'gateway')
    expect(await found(gateway)).toEqual([expect.stringContaining('left to the injector of Istio')])
    expect(await places.imagesOf(gateway)).toMatchObject([{ field: { currentValue: 'auto' } }])
    const containers = [
      { name: 'istio-proxy', image: 'proxy:1' },
      { name: 'other', image: 'auto' },
    ]
    expect(await found({ ...gateway, spec: { containers } })).toEqual([
      'spec.containers[0].image proxy:1',
      'spec.containers[1].image auto',
    ])
    const template = object('apps/v1', 'Deployment', {
      spec: { template: { spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } } },
    })
    expect(await found(template)).toEqual(['spec.template.spec.containers[0].image auto'])
  })
})

describe('flags and variables', () => {
  const pod = (extra: Record<string, unknown>) => object('v1', 'Pod', { spec: podSpec(extra) })
  const inFlags = async (extra: Record<string, unknown>, by = places) => (await found(pod(extra), by)).slice(1)

  test.each([
    [{ args: ['--tidb-discovery-image=a/b:1'] }, ['spec.containers[0].args[0] a/b:1']],
    [{ command: ['run', '--tidb-backup-manager-image=a/b:1'] }, ['spec.containers[0].command[1] a/b:1']],
    [{ args: ['--acme-http01-solver-image', 'a/b:1'] }, ['spec.containers[0].args[1] a/b:1']],
    [{ args: ['--prometheus-config-reloader=a/b:1'] }, ['spec.containers[0].args[0] a/b:1']],
    [{ args: ['-tidb-discovery-image=a/b:1'] }, ['spec.containers[0].args[0] a/b:1']],
    [{ args: ['-acme-http01-solver-image', 'a/b:1'] }, ['spec.containers[0].args[1] a/b:1']],
    [{ args: ['---tidb-discovery-image=a/b:1', 'tidb-discovery-image=a/b:1'] }, []],
    [{ args: ['--acme-http01-solver-image', '--v=2'] }, []],
    [{ args: ['--acme-http01-solver-image='] }, []],
    [{ args: ['--acme-http01-solver-image'] }, []],
    [
      { env: [{ name: 'RELATED_IMAGE_AGENT', value: `\${REGISTRY}/b:\${TAG` }] },
      [`spec.containers[0].env[0].value \${REGISTRY}/b:\${TAG`],
    ],
    [{ args: ['--acme-http01-solver-images=a/b:1'] }, []],
    [{ env: [{ name: 'RELATED_IMAGE_AGENT', value: 'a/b:1' }] }, ['spec.containers[0].env[0].value a/b:1']],
    [{ env: [{ name: 'RELATED_IMAGE_AGENT', valueFrom: {} }] }, []],
    [{ env: [{ name: 'STRIMZI_IMAGE_PULL_POLICY', value: 'Always' }] }, []],
    [{ env: [{ name: null, value: 'a/b:1' }] }, []],
    [
      { env: [{ name: 'RELATED_IMAGE_AGENT', value: `\${IMAGE:=a/b:1}` }] },
      [`spec.containers[0].env[0].value \${IMAGE:=a/b:1}`],
    ],
    [
      { env: [{ name: 'STRIMZI_KAFKA_IMAGES', value: `\${VERSION:=3.9}=\${REGISTRY:=a, b}/c:1,4.0=a/b:$(TAG)` }] },
      [`\${REGISTRY:=a, b}/c:1`, 'a/b:$(TAG)'].map((text) => `spec.containers[0].env[0].value ${text}`),
    ],
    [
      { env: [{ name: 'STRIMZI_KAFKA_IMAGES', value: '3.9=a/b:1, 4.0=a/b:2\n4.1=a/b:3' }] },
      ['a/b:1', 'a/b:2', 'a/b:3'].map((text) => `spec.containers[0].env[0].value ${text}`),
    ],
  ])('%j', async (extra, images) => {
    expect(await inFlags(extra)).toEqual(images)
  })

  test('of your policy are read only in objects that match', async () => {
    const own = (name: string) => new Places({ job: { argument: '--job-image', match: { name } } })
    expect(await inFlags({ args: ['--job-image=a/b:1'] }, own('x'))).toEqual(['spec.containers[0].args[0] a/b:1'])
    expect(await inFlags({ args: ['--job-image=a/b:1'] }, own('y'))).toEqual([])
  })

  test('of a spelling of your own', async () => {
    const own = (argument: string) => new Places({ job: { argument } })
    expect(await inFlags({ args: ['image=a/b:1'] }, own('image'))).toEqual(['spec.containers[0].args[0] a/b:1'])
    expect(await inFlags({ args: ['image=a/b:1'] }, own('-image'))).toEqual([])
    const variable = (name: string) => new Places({ job: { environment: 'OWN_IMAGE', match: { name } } })
    const env = { env: [{ name: 'OWN_IMAGE', value: 'a/b:1' }] }
    expect(await inFlags(env, variable('x'))).toEqual(['spec.containers[0].env[0].value a/b:1'])
    expect(await inFlags(env, variable('y'))).toEqual([])
  })

  test('several images in one value are each written in their place', async () => {
    const list = pod({ env: [{ name: 'STRIMZI_KAFKA_IMAGES', value: '3.9=a/b:1 4.0=a/b:2' }] })
    for (const item of (await places.imagesOf(list)).slice(1))
      if ('text' in item) await item.write({ name: `mirror/${item.text.replace(':', '-')}-with-a-longer-name` })
    expect(list.spec).toMatchObject({
      containers: [{ env: [{ value: '3.9=mirror/a/b-1-with-a-longer-name 4.0=mirror/a/b-2-with-a-longer-name' }] }],
    })
  })
})

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

describe('an image in parts', () => {
  const DIGEST = `sha256:${'c'.repeat(64)}`
  const release = (image: unknown) =>
    object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: { image } } })
  const write = async (resource: KubernetesObject, image: { name: string; digest?: string }, by = places) => {
    const [item] = await by.imagesOf(resource)
    if (!item || !('text' in item)) throw new Error('no image found')
    return item.write(image)
  }

  test.each<[string, object, { name: string; digest?: string }, object]>([
    [
      'the registry of Docker Hub is written out',
      { registry: 'quay.io', repository: 'a/b', tag: '1' },
      { name: 'a/b' },
      { registry: 'docker.io', repository: 'a/b', tag: '1' },
    ],
    [
      'a key for the digest stays empty without one',
      { repository: 'a/b', tag: '1', digest: '' },
      { name: 'm/b' },
      { repository: 'm/b', tag: '1', digest: '' },
    ],
    [
      'the digest has its key',
      { repository: 'a/b', tag: '1', digest: '' },
      { name: 'm/b', digest: DIGEST },
      { repository: 'm/b', tag: '1', digest: DIGEST },
    ],
    [
      'bare digits have theirs',
      { repository: 'a/b', tag: '1', sha: '' },
      { name: 'm/b', digest: DIGEST },
      { repository: 'm/b', tag: '1', sha: 'c'.repeat(64) },
    ],
    [
      'an older digest in the tag goes',
      { repository: 'a/b', tag: `1@sha256:${'d'.repeat(64)}` },
      { name: 'm/b', digest: DIGEST },
      { repository: 'm/b', tag: `1@${DIGEST}` },
    ],
  ])('%s', async (_, image, target, after) => {
    const resource = release(image)
    expect(await write(resource, target)).toBeUndefined()
    expect(resource.spec).toEqual({ values: { image: after } })
  })

  test('without a tag, and without a key for one, there is no place for a digest', async () => {
    const untagged = await write(release({ repository: 'a/b' }), { name: 'm/b', digest: DIGEST })
    expect(untagged?.({})).toMatchObject({
      id: 'image-mirror-digest/no-field-for-digest',
      message: expect.stringContaining('tag'),
    })
    const own = new Places({ own: { kind: 'example.com/Widget', path: 'spec', parts: { repository: 'name' } } })
    const widget = object('example.com/v1', 'Widget', { spec: { name: 'a/b' } })
    const obstacle = await write(widget, { name: 'm/b', digest: DIGEST }, own)
    expect(obstacle?.({}).message).toContain('a tag')
    expect(widget.spec).toEqual({ name: 'a/b' })
  })

  test('parts that an anchor shares cannot be written alone', async () => {
    const own = new Places({
      own: { configMap: 'x', key: 'a', path: 'one', parts: { repository: 'name', tag: 'tag' } },
    })
    const text = 'one: {name: &n c/d, tag: 1}\ntwo: *n\n'
    const map = object('v1', 'ConfigMap', { data: { a: text } })
    const obstacle = await write(map, { name: 'm/d', digest: DIGEST }, own)
    expect(obstacle?.({}).id).toBe('image-mirror-digest/unreadable-text')
    expect(map.data).toEqual({ a: text })
  })

  test('a whole text may be one', async () => {
    const own = new Places({ own: { configMap: 'x', key: 'a', parts: { repository: 'name', tag: 'tag' } } })
    expect(await found(object('v1', 'ConfigMap', { data: { a: 'name: c/d\ntag: 2\n' } }), own)).toEqual([
      'data.a.name c/d:2',
    ])
  })
})

describe('the value of a finding', () => {
  const at = (kind: string, text: string, more: { mayBeSecret?: true } = {}) =>
    detailsOf({ object: object('v1', kind, {}), path: ['a'], text, write: () => undefined, ...more }).field
      ?.currentValue
  test('is quoted, unless it may be secret and is no image', () => {
    expect(at('ConfigMap', 'hunter2!')).toBe('hunter2!')
    expect(at('Secret', 'hunter2!')).toBeUndefined()
    expect(at('Secret', 'a/b:1')).toBe('a/b:1')
    expect(at('Secret', `\${IMAGE}!`)).toBe(`\${IMAGE}!`)
    expect(at('ConfigMap', 'hunter2!', { mayBeSecret: true })).toBeUndefined()
    expect(at('ConfigMap', 'a/b:1', { mayBeSecret: true })).toBe('a/b:1')
  })
})

describe('the chart of a source', () => {
  const DIGEST = `sha256:${'c'.repeat(64)}`
  const source = (spec: object) => object('source.toolkit.fluxcd.io/v1', 'OCIRepository', { spec })
  const url = 'oci://quay.io/charts/app/'
  const helm = { layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' } }

  test.each<[object, string[]]>([
    [{ url, ref: { tag: '1' } }, ['spec.url quay.io/charts/app:1']],
    [{ url, ref: { tag: '1', digest: DIGEST } }, [`spec.url quay.io/charts/app:1@${DIGEST}`]],
    [{ url, ref: { digest: DIGEST } }, [`spec.url quay.io/charts/app@${DIGEST}`]],
    [{ url: 'https://example.com/charts', ref: { tag: '1' } }, []],
    [{ ref: { tag: '1' } }, []],
  ])('%j', async (spec, images) => {
    expect(await found(source({ ...spec, ...helm }))).toEqual(images)
  })

  test.each<[object, string]>([
    [{ url }, 'no tag'],
    [{ url, ref: { semver: '>=1' } }, 'semver >=1'],
  ])('%j pins none', async (spec, text) => {
    expect(await places.imagesOf(source({ ...spec, ...helm }))).toMatchObject([
      { id: 'image-mirror-digest/chart-not-pinned', message: expect.stringContaining(text) },
    ])
  })

  test('keeps its reference where there is no digest', async () => {
    const chart = source({ url, ref: { tag: '1' }, ...helm })
    const [item] = await places.imagesOf(chart)
    if (!item || !('text' in item)) throw new Error('no chart found')
    await item.write({ name: 'm.example/app' })
    expect(chart.spec).toEqual({ url: 'oci://m.example/app', ref: { tag: '1' }, ...helm })
    await item.write({ name: 'm.example/app', digest: DIGEST })
    expect(chart.spec).toMatchObject({ ref: { tag: '1', digest: DIGEST } })
  })

  test('is in no repository of charts', () => {
    const repository = (spec: object) => object('source.toolkit.fluxcd.io/v1', 'HelmRepository', { spec })
    const ids = (spec: object, reason?: string) => chartRepository(repository(spec), () => reason).map(({ id }) => id)
    expect(ids({})).toEqual([])
    expect(ids({ url: 'https://example.com' })).toEqual(['image-mirror-digest/chart-repository'])
    expect(ids({ url: 'https://example.com' }, 'because')).toEqual(['image-mirror-digest/runs-by-tag'])
  })
})

test('only a ConfigMap with the key of a place may hold an image', () => {
  const item = (kind: string, text: string) => ({ apiVersion: 'v1', kind, text })
  expect(places.mayHold(item('ConfigMap', 'queue-sidecar-image: a'))).toBe(true)
  expect(places.mayHold(item('ConfigMap', 'a: b'))).toBe(false)
  expect(places.mayHold(item('Secret', 'queue-sidecar-image: a'))).toBe(false)
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

describe('Helm values', () => {
  const values = (image: unknown) =>
    found(object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: { image } } }))

  test.each([
    [{ repository: 'a/b', tag: '1' }, ['spec.values.image.repository a/b:1']],
    [{ repository: 'a/b', tag: 1.25 }, ['spec.values.image.repository a/b:1.25']],
    [{ registry: 'quay.io', repository: 'a/b', tag: '1' }, ['spec.values.image.repository quay.io/a/b:1']],
    [{ registry: 'quay.io', image: 'a/b', tag: '1' }, ['spec.values.image.image quay.io/a/b:1']],
    [
      { repository: 'a/b', tag: '1', digest: `sha256:${'c'.repeat(64)}` },
      [`spec.values.image.repository a/b:1@sha256:${'c'.repeat(64)}`],
    ],
    [
      { repository: 'a/b', tag: '1', sha: 'c'.repeat(64) },
      [`spec.values.image.repository a/b:1@sha256:${'c'.repeat(64)}`],
    ],
    [{ pullPolicy: 'Always', tag: '1' }, []],
    [{ enabled: true }, []],
    ['a/b:1', ['spec.values.image a/b:1']],
    ['nginx', []],
    ['logo.png', []],
    ['https://example.com/logo:1', []],
    [`{{ .Values.global.image }}:1`, []],
    [`\${IMAGE}:1`, []],
    [null, []],
  ])('%j', async (image, images) => {
    expect(await values(image)).toEqual(images)
  })

  test.each<[string, unknown, string[]]>([
    ['a string with a tag next to it is a part', { image: { image: 'a/b:1', tag: '2' } }, ['image.image a/b:1:2']],
    [
      'a string in a map of another name is whole',
      { controller: { image: 'a/b:1', tag: '2' } },
      ['controller.image a/b:1'],
    ],
    ['a string without a tag next to it is whole', { image: { image: 'a/b:1' } }, ['image.image a/b:1']],
    ['a key that only ends so', { damage: 'a/b:1' }, []],
  ])('%s', async (_, body, images) => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: body } })
    expect(await found(release)).toEqual(images.map((image) => `spec.values.${image}`))
  })

  test('what is outside of the values is none', async () => {
    const spec = { image: 'a/b:1', chart: { image: 'a/b:2' } }
    expect(await found(object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec }))).toEqual([])
    const application = { ...spec, source: { helm: { valuesObject: { image: 'a/b:3' }, image: 'a/b:4' } } }
    expect(await found(object('argoproj.io/v1alpha1', 'Application', { spec: application }))).toEqual([
      'spec.source.helm.valuesObject.image a/b:3',
    ])
  })

  test('keys that end in Image hold images too', async () => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
      spec: { values: { thanosImage: { repository: 'a/b', tag: '1' }, initImage: 'c/d:2', images: 'e/f:3' } },
    })
    expect(await found(release)).toEqual(['spec.values.thanosImage.repository a/b:1', 'spec.values.initImage c/d:2'])
  })
})

describe('ConfigMap text', () => {
  const text = 'jobs:\n- image: a/b:1 # kept\n- {registry: quay.io, name: c/d, tag: 2}\n'
  const configMap = (name = 'runner'): KubernetesObject => ({
    ...object('v1', 'ConfigMap', { data: { 'a.yaml': text, plain: IMAGE } }),
    metadata: { name },
  })

  test.each([
    [{ path: 'jobs.*.image' }, ['data["a.yaml"].jobs[0].image a/b:1']],
    [
      { path: 'jobs.*', parts: { registry: 'registry', repository: 'name', tag: 'tag' } },
      ['data["a.yaml"].jobs[1].name quay.io/c/d:2'],
    ],
    [{ key: 'plain' }, [`data.plain ${IMAGE}`]],
    [{ key: 'absent' }, []],
    [{ key: 'absent', path: 'jobs.*.image' }, []],
  ])('%j', async (place, images) => {
    const own = new Places({ own: { configMap: 'runner', key: 'a.yaml', ...place } })
    expect(await found(configMap(), own)).toEqual(images)
    expect(await found(configMap('runner-2d4t5f6g7h'), own)).toEqual(images)
    expect(await found(configMap('another'), own)).toEqual([])
  })

  test('several images in one text are each written in their place, and the rest is kept', async () => {
    const own = new Places({
      one: { configMap: 'runner', key: 'a.yaml', path: 'jobs.*.image' },
      two: {
        configMap: 'runner',
        key: 'a.yaml',
        path: 'jobs.*',
        parts: { registry: 'registry', repository: 'name', tag: 'tag' },
      },
    })
    const map = configMap()
    const digest = `sha256:${'c'.repeat(64)}`
    for (const item of await own.imagesOf(map)) if ('text' in item) await item.write({ name: 'm.example/x', digest })
    expect(map.data).toEqual({
      'a.yaml': `jobs:\n- image: m.example/x@${digest} # kept\n- {registry: m.example, name: x, tag: 2@${digest}}\n`,
      plain: IMAGE,
    })
  })

  test('an image that an anchor shares with another place cannot be written alone', async () => {
    const shared = { ...configMap(), data: { 'a.yaml': 'a: {image: &i a/b:1}\nb: {name: *i}\n' } }
    const own = new Places({ own: { configMap: 'runner', key: 'a.yaml', path: 'a.image' } })
    const [image] = await own.imagesOf(shared)
    if (!image || !('text' in image)) throw new Error('no image found')
    const obstacle = await image.write({ name: 'm.example/x' })
    expect(obstacle?.({}).id).toBe('image-mirror-digest/unreadable-text')
    expect(shared.data['a.yaml']).toContain('a/b:1')
  })

  test('its fields can be places like those of any other kind', async () => {
    const own = new Places({ own: { kind: '/ConfigMap', path: 'data.plain' } })
    expect(await found(configMap(), own)).toEqual([`data.plain ${IMAGE}`])
  })

  test('the queue proxy of Knative is known', async () => {
    const knative = {
      ...object('v1', 'ConfigMap', { data: { 'queue-sidecar-image': IMAGE } }),
      metadata: { name: 'config-deployment' },
    }
    expect(await found(knative)).toEqual([`data.queue-sidecar-image ${IMAGE}`])
  })
})
