import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { CUSTOM_RESOURCES } from '../../functions/security-context-enforcer/custom-resources/table.ts'
import { container, errors, harden, namespace, RESTRICTED, warnings } from './harden.ts'

const resource = (apiVersion: string, kind: string, spec: Fields): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'main', namespace: 'shop' },
  spec,
})
const POD = { runAsUser: 65532, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }
const { runAsUser: _, ...POD_WITHOUT_USER } = POD
const { runAsUser, runAsNonRoot, seccompProfile, ...CONTAINER } = RESTRICTED
const levelOf = (object: KubernetesObject, spec: Fields = {}): string | undefined => {
  const shop = namespace('shop')
  harden([shop, object], spec)
  return shop.metadata.labels?.['pod-security.kubernetes.io/enforce']
}

describe('Strimzi', () => {
  const kafka = (spec: Fields = { kafka: {} }) => resource('kafka.strimzi.io/v1beta2', 'Kafka', spec)
  const asked = (kind: string) => ({ customResources: { [`kafka.strimzi.io/${kind}`]: { harden: true } } })

  test('counts as baseline and is left as it is', () => {
    const object = kafka()
    expect(levelOf(object)).toBe('baseline')
    expect(object.spec).toEqual({ kafka: {} })
  })

  const template = (pod: Fields, kafkaContainer: Fields = {}) =>
    kafka({
      kafka: { template: { pod: { securityContext: pod }, kafkaContainer: { securityContext: kafkaContainer } } },
    })

  test('what it says itself is held against baseline all the same', () => {
    const object = () => template({ sysctls: [{ name: 'net.core.somaxconn' }] }, { privileged: true })
    expect(errors(harden([object()]))).toEqual([
      expect.stringContaining('spec.kafka.template.kafkaContainer.securityContext.privileged: found true'),
      expect.stringContaining('spec.kafka.template.pod.securityContext.sysctls[0].name: found "net.core.somaxconn"'),
    ])
    const containers = { 'main/kafkaContainer': { privileged: true, reason: 'because' } }
    expect(levelOf(object(), { containers, exceptions: { main: { sysctls: 'because' } } })).toBe('privileged')
  })

  test('is as strict as said where its operator sets the rest, but for what it says itself', () => {
    const customResources = { 'kafka.strimzi.io/Kafka': { level: 'restricted' } }
    expect(levelOf(template({ runAsUser: 1000 }), { customResources })).toBe('restricted')
    expect(levelOf(template({ runAsUser: 0 }), { customResources })).toBe('baseline')
    expect(levelOf(template({ runAsUser: '$(USER)' }), { customResources })).toBe('restricted')
  })

  test('is hardened on request, component by component, as the user of its image', () => {
    const object = kafka({ kafka: {}, kafkaExporter: {} })
    expect(errors(harden([object], asked('Kafka')))).toEqual([])
    expect(object.spec).toEqual({
      kafka: {
        template: {
          pod: { securityContext: POD_WITHOUT_USER },
          initContainer: { securityContext: CONTAINER },
          kafkaContainer: { securityContext: CONTAINER },
        },
      },
      kafkaExporter: {
        template: { pod: { securityContext: POD_WITHOUT_USER }, container: { securityContext: CONTAINER } },
      },
    })
  })

  test('a node pool is completed where it has a template, which hides the one of its Kafka', () => {
    const pool = (spec: Fields) => resource('kafka.strimzi.io/v1beta2', 'KafkaNodePool', spec)
    const without = pool({ replicas: 3 })
    const hiding = pool({ template: { pod: { metadata: {} } } })
    harden([without, hiding], asked('KafkaNodePool'))
    expect(without.spec).toEqual({ replicas: 3 })
    expect(hiding.spec).toMatchObject({ template: { pod: { securityContext: POD_WITHOUT_USER } } })
  })

  test('the group counts', () => {
    expect(levelOf(resource('kafka.example.com/v1', 'Kafka', {}))).toBe('restricted')
  })
})

describe('TidbCluster', () => {
  const tidb = (spec: Fields) => resource('pingcap.com/v1alpha1', 'TidbCluster', spec)

  test('says it once for all components, and in those that hide it', () => {
    const object = tidb({ pd: {}, tikv: { podSecurityContext: { fsGroup: 1000, runAsUser: 1000 } } })
    expect(levelOf(object)).toBe('baseline')
    expect(object.spec).toEqual({
      pd: {},
      tikv: { podSecurityContext: { ...POD_WITHOUT_USER, fsGroup: 1000, runAsUser: 1000 } },
      podSecurityContext: POD,
    })
  })

  test('hardens containers that are added to those of a component, and checks its volumes', () => {
    const added = (securityContext?: Fields) => [container('log', securityContext)]
    const object = tidb({ tikv: { additionalContainers: added(), initContainers: added() } })
    harden([object])
    expect(object.spec).toMatchObject({
      tikv: { additionalContainers: added(CONTAINER), initContainers: added(CONTAINER) },
    })
    const bad = {
      additionalContainers: added({ privileged: true }),
      additionalVolumes: [{ name: 'a', hostPath: { path: '/' } }],
    }
    expect(errors(harden([tidb({ pd: bad })]))).toEqual([
      expect.stringContaining('spec.pd.additionalContainers[0].securityContext.privileged: found true'),
      expect.stringContaining('spec.pd.additionalVolumes[0].hostPath: found {"path":"/"}'),
    ])
  })

  test('overrides and refuses explicit bad values', () => {
    const object = tidb({ podSecurityContext: { runAsNonRoot: false } })
    expect(warnings(harden([object]))).toEqual([
      'spec.podSecurityContext.runAsNonRoot: found false, expected true; set to true',
    ])
    expect(errors(harden([tidb({ podSecurityContext: { runAsUser: 0 } })]))).toEqual([
      expect.stringContaining('spec.podSecurityContext.runAsUser: found 0'),
    ])
  })

  test.each([
    ['spec.hostNetwork', { hostNetwork: true }, 'hostNamespaces'],
    ['spec.tikv.privileged', { tikv: { privileged: true } }, 'privileged'],
  ])('%s is refused, or allowed for a reason', (path, spec, check) => {
    const object = tidb(spec)
    expect(errors(harden([object]))).toEqual([
      `${path}: found true, expected false; or allow it with a reason in exceptions.main.${check}`,
    ])
    expect(object.spec).toEqual(spec)
    expect(levelOf(tidb(spec), { exceptions: { main: { [check]: 'because' } } })).toBe('privileged')
  })
})

describe('Prometheus Operator', () => {
  test.each(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'])('%s meets restricted', (kind) => {
    const object = resource('monitoring.coreos.com/v1', kind, { containers: [container('proxy')] })
    expect(levelOf(object)).toBe('restricted')
    expect(object.spec).toEqual({ containers: [container('proxy', CONTAINER)], securityContext: POD })
  })

  test('counts as baseline where its pods say nothing that its containers could inherit', () => {
    const object = () => resource('monitoring.coreos.com/v1', 'Prometheus', {})
    expect(levelOf(object(), { level: 'baseline' })).toBe('baseline')
    expect(levelOf(object(), { exceptions: { main: { seccompProfile: 'because' } } })).toBe('baseline')
  })

  test('its volumes and added containers are checked', () => {
    const object = resource('monitoring.coreos.com/v1', 'Prometheus', {
      containers: [container('proxy', { privileged: true })],
      volumes: [{ name: 'a', hostPath: { path: '/' } }],
    })
    const before = structuredClone(object)
    expect(errors(harden([object]))).toEqual([
      expect.stringContaining('spec.containers[0].securityContext.privileged: found true'),
      expect.stringContaining('spec.volumes[0].hostPath: found {"path":"/"}'),
    ])
    expect(object).toEqual(before)
  })

  test('its containers are called as others are, but get no mounts', () => {
    const object = resource('monitoring.coreos.com/v1', 'Prometheus', { containers: [container('proxy')] })
    const containers = { 'main/proxy': { runAsUser: 101, writable: ['/tmp'] } }
    expect(warnings(harden([object], { containers }))).toEqual([
      'spec.containers[0].securityContext: containers names writable paths, which cannot be mounted in a custom resource; nothing is mounted',
    ])
    expect(object.spec).toMatchObject({ containers: [{ securityContext: { runAsUser: 101 } }] })
  })
})

describe('the table', () => {
  const cache = (spec: Fields) => resource('cache.example.com/v1', 'Cache', spec)
  const customResources = {
    'cache.example.com/Cache': {
      level: 'baseline',
      harden: true,
      podSecurityContexts: {
        'spec.node.pod': {
          of: 'spec.node',
          containers: ['spec.node.main.securityContext'],
          containerLists: ['spec.node.sidecars'],
        },
      },
    },
  }

  test('is extended by the configuration', () => {
    const object = cache({ node: { sidecars: [container('log')] } })
    expect(levelOf(object, { customResources })).toBe('baseline')
    expect(object.spec).toEqual({
      node: { pod: POD, main: { securityContext: CONTAINER }, sidecars: [container('log', CONTAINER)] },
    })
  })

  test('is changed by the configuration', () => {
    const tidb = resource('pingcap.com/v1alpha1', 'TidbCluster', {})
    harden([tidb], { customResources: { 'pingcap.com/TidbCluster': { harden: false } } })
    expect(tidb.spec).toEqual({})
  })

  test('does not make pods of a component that is not there', () => {
    const object = cache({})
    harden([object], { customResources })
    expect(object.spec).toEqual({})
  })

  test('refuses what is no map on the way, or of another type', () => {
    expect(errors(harden([cache({ node: 'none' })], { customResources }))).toEqual([
      'spec.node: found "none", expected a map, or the API refuses it',
    ])
    expect(errors(harden([cache({ node: { pod: { runAsNonRoot: 'true' } } })], { customResources }))).toEqual([
      'spec.node.pod.runAsNonRoot: found "true", expected a boolean, or the API refuses it; remove the quotes',
    ])
  })

  test.each(Object.keys(CUSTOM_RESOURCES))('%s hardened twice is hardened once', (kind) => {
    const [group, name = ''] = kind.split('/')
    const components = ['kafka', 'zookeeper', 'entityOperator', 'cruiseControl', 'kafkaExporter', 'template', 'tikv']
    const object = resource(`${group}/v1`, name, Object.fromEntries(components.map((key) => [key, {}])))
    const before = structuredClone(object)
    const spec = { customResources: { [kind]: { harden: true } } }
    expect(errors(harden([object], spec))).toEqual([])
    expect(object).not.toEqual(before)
    const once = structuredClone(object)
    harden([object], spec)
    expect(object).toEqual(once)
  })
})
