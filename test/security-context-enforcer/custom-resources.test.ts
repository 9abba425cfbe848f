import { EXCEPTION } from '../../functions/lib/framework/exceptions.ts'
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

  test('counts as baseline and is left as it is by default', () => {
    const object = kafka()
    expect(levelOf(object)).toBe('baseline')
    expect(object.spec).toEqual({ kafka: {} })
  })

  const template = (pod: Fields, kafkaContainer: Fields = {}) =>
    kafka({
      kafka: { template: { pod: { securityContext: pod }, kafkaContainer: { securityContext: kafkaContainer } } },
    })

  test('the fields that it sets are compared with baseline all the same', () => {
    const object = () => template({ sysctls: [{ name: 'net.core.somaxconn' }] }, { privileged: true })
    expect(errors(harden([object()]))).toEqual([
      'privileged spec.kafka.template.kafkaContainer.securityContext.privileged',
      'sysctls spec.kafka.template.pod.securityContext.sysctls[0].name',
    ])
    const containers = { 'main/kafkaContainer': { privileged: true, reason: 'because' } }
    expect(levelOf(object(), { containers, exceptions: { main: { sysctls: 'because' } } })).toBe('privileged')
  })

  test('the reason for a field that it sets is on it', () => {
    const object = template({ sysctls: [{ name: 'net.core.somaxconn' }] })
    harden([object], { exceptions: { main: { sysctls: 'because' } } })
    expect(object.metadata.annotations).toEqual({ [EXCEPTION]: 'security-context-enforcer: because' })
    const plain = template({})
    harden([plain], {})
    expect(plain.metadata.annotations).toBeUndefined()
  })

  test('is as strict as the policy says if its operator sets the rest, apart from the fields that it sets', () => {
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

  test('a node pool is completed if it has a template, which hides that of its Kafka', () => {
    const pool = (spec: Fields) => resource('kafka.strimzi.io/v1beta2', 'KafkaNodePool', spec)
    const without = pool({ replicas: 3 })
    const hiding = pool({ template: { pod: { metadata: {} } } })
    harden([without, hiding], asked('KafkaNodePool'))
    expect(without.spec).toEqual({ replicas: 3 })
    expect(hiding.spec).toMatchObject({ template: { pod: { securityContext: POD_WITHOUT_USER } } })
  })

  test('is known by its group, not by its kind alone', () => {
    expect(levelOf(resource('kafka.example.com/v1', 'Kafka', {}))).toBe('restricted')
  })
})

describe('TidbCluster', () => {
  const tidb = (spec: Fields) => resource('pingcap.com/v1alpha1', 'TidbCluster', spec)

  test('gets its context once for all components, and again in the components that hide it', () => {
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
      'privileged spec.pd.additionalContainers[0].securityContext.privileged',
      'host-path-volumes spec.pd.additionalVolumes[0].hostPath',
    ])
  })

  test('overrides and refuses explicit bad values', () => {
    const object = tidb({ podSecurityContext: { runAsNonRoot: false } })
    expect(warnings(harden([object]))).toEqual(['run-as-non-root spec.podSecurityContext.runAsNonRoot'])
    expect(errors(harden([tidb({ podSecurityContext: { runAsUser: 0 } })]))).toEqual([
      'run-as-user spec.podSecurityContext.runAsUser',
    ])
  })

  test.each([
    ['host-namespaces spec.hostNetwork', { hostNetwork: true }, 'hostNamespaces'],
    ['privileged spec.tikv.privileged', { tikv: { privileged: true } }, 'privileged'],
  ])('%s is refused, or allowed for a reason', (finding, spec, check) => {
    const object = tidb(spec)
    expect(errors(harden([object]))).toEqual([finding])
    expect(object.spec).toEqual(spec)
    expect(levelOf(tidb(spec), { exceptions: { main: { [check]: 'because' } } })).toBe('privileged')
  })

  test.each<[Fields, string, string]>([
    [{ hostNetwork: true }, 'hostNamespaces', 'host-namespaces spec.hostNetwork'],
    [{ tikv: { privileged: true } }, 'privileged', 'privileged spec.tikv.privileged'],
  ])('what is allowed for a reason is a warning, and has the reason on it: %j', (spec, check, warning) => {
    const object = tidb(spec)
    const findings = harden([object], { exceptions: { main: { [check]: 'because' } } })
    expect(warnings(findings)).toContain(warning)
    expect(findings.find(({ message }) => message.includes('because'))?.field?.currentValue).toBe(true)
    expect(object.metadata.annotations).toEqual({ [EXCEPTION]: 'security-context-enforcer: because' })
  })

  test('a reason for one check is none for another', () => {
    const object = tidb({ hostNetwork: true, tikv: { privileged: true } })
    expect(errors(harden([object], { exceptions: { main: { hostNamespaces: 'because' } } }))).toEqual([
      'privileged spec.tikv.privileged',
    ])
  })
})

describe('Prometheus Operator', () => {
  test.each(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'])('%s meets restricted', (kind) => {
    const object = resource('monitoring.coreos.com/v1', kind, { containers: [container('proxy')] })
    expect(levelOf(object)).toBe('restricted')
    expect(object.spec).toEqual({ containers: [container('proxy', CONTAINER)], securityContext: POD })
  })

  test('counts as baseline if its pods set nothing that its containers could inherit', () => {
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
      'privileged spec.containers[0].securityContext.privileged',
      'host-path-volumes spec.volumes[0].hostPath',
    ])
    expect(object).toEqual(before)
  })

  test('its containers are named like others, but get no mounts', () => {
    const object = resource('monitoring.coreos.com/v1', 'Prometheus', { containers: [container('proxy')] })
    const containers = { 'main/proxy': { runAsUser: 101, writable: ['/tmp'] } }
    expect(warnings(harden([object], { containers }))).toEqual([
      'no-effect-in-custom-resource spec.containers[0].securityContext',
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

  test('creates no pods for a component that does not exist', () => {
    const object = cache({})
    harden([object], { customResources })
    expect(object.spec).toEqual({})
  })

  test('refuses a value that is no map on the way, or of another type', () => {
    expect(errors(harden([cache({ node: 'none' })], { customResources }))).toEqual(['mistyped spec.node'])
    expect(errors(harden([cache({ node: { pod: { runAsNonRoot: 'true' } } })], { customResources }))).toEqual([
      'mistyped spec.node.pod.runAsNonRoot',
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
