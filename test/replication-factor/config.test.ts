import { parseConfig } from '../../functions/lib/framework/config.ts'
import { replicationFactorSchema } from '../../functions/replication-factor/config.ts'
import { keysOf } from '../../functions/replication-factor/config-derive.ts'
import { replicationFactor } from '../../functions/replication-factor/function.ts'
import { refusedBy } from '../support/policies.ts'
import { run, workload } from './build.ts'

const refused = (spec: object): string[] => refusedBy(replicationFactorSchema, spec)
const read = (spec: object) => parseConfig(replicationFactorSchema, spec, 'spec')
const deriving = (rule: object) => ({ derive: { size: { from: 'db', formula: 'count', ...rule } } })
const to = (target: object) => deriving({ target })
const ENV = { env: { name: 'SIZE' } }
const members = (template: string, more: object = {}) =>
  deriving({ formula: 'members', template, target: ENV, ...more })

test('an empty policy means these values', () => {
  expect(read({})).toEqual({
    mode: 'mutate',
    environment: 'production',
    replicas: {},
    workloads: {},
    disruptionBudget: { maxUnavailable: 1 },
    spread: {},
    quorum: {},
    trafficDistribution: 'PreferClose',
    services: {},
    derive: {},
    presets: {},
  })
})

describe('a policy may say', () => {
  test.each<[object]>([
    [{ factor: 1, environment: 'dev', replicas: { db: 0, 'StatefulSet/db': 3 } }],
    [{ disruptionBudget: 'off', spread: 'off', trafficDistribution: 'off' }],
    [{ disruptionBudget: { minAvailable: '50%' } }],
    [{ disruptionBudget: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }],
    [{ disruptionBudget: { maxUnavailable: 0, unhealthyPodEvictionPolicy: 'IfHealthyBudget' } }],
    [{ spread: { hostname: 'DoNotSchedule', zone: 'ScheduleAnyway', minDomains: 1, selector: { app: 'a' } } }],
    [{ spread: { hostname: 'off' } }],
    [{ workloads: { db: { factor: 2, reason: 'a test' }, web: { disruptionBudget: false, spread: 'off' } } }],
    [{ workloads: { db: { disruptionBudget: { name: 'db', selector: { app: 'db' } } } } }],
    [{ quorum: { db: true, 'etcd-*': { enabled: false, reason: 'a test' } } }],
    [{ services: { a: { trafficDistribution: 'PreferSameZone' }, b: { trafficDistribution: 'PreferSameNode' } } }],
    [to({ env: { workload: 'web', container: 'web', name: 'SIZE' } })],
    [to({ argument: { flag: '--size', part: 'replicas:{value}' } })],
    [to({ configMap: { key: 'a.yaml', path: 'a.b' } })],
    [to({ configMap: { key: 'a.conf', line: 'size {value}' } })],
    [to({ object: { kind: 'Cluster', name: 'db-*', labels: { app: 'db' }, path: ['spec', 'a.b', 0] } })],
    [members('{pod}.{service}.{namespace}:{index}')],
    [members('{host}', { hosts: ['a', 'b'], separator: ' ' })],
    [members('${NAME}-{name}')],
    [{ presets: { etcd: {}, 'etcd/second': { prefix: 'second' } } }],
  ])('%j', (spec) => {
    expect(refused(spec)).toEqual([])
  })
})

describe('a policy is refused that says', () => {
  test.each<[object, string]>([
    [{ factor: 0 }, 'spec.factor'],
    [{ environment: '' }, 'spec.environment'],
    [{ replicas: { db: -1 } }, 'spec.replicas.db'],
    [{ replicas: { db: 1.5 } }, 'spec.replicas.db'],
    [{ disruptionBudget: {} }, 'spec.disruptionBudget: expected maxUnavailable, minAvailable or'],
    [{ disruptionBudget: { maxUnavailable: 1, minAvailable: 1 } }, 'spec.disruptionBudget: expected either'],
    [{ disruptionBudget: { maxUnavailable: 'half' } }, 'spec.disruptionBudget.maxUnavailable'],
    [{ disruptionBudget: { maxUnavailable: 'a50%' } }, 'spec.disruptionBudget.maxUnavailable'],
    [{ disruptionBudget: { maxUnavailable: '50%a' } }, 'spec.disruptionBudget.maxUnavailable'],
    [{ disruptionBudget: { unhealthyPodEvictionPolicy: 'Never' } }, 'spec.disruptionBudget.unhealthyPodEvictionPolicy'],
    [{ disruptionBudget: 'on' }, 'spec.disruptionBudget'],
    [{ spread: { zone: 'Always' } }, 'spec.spread.zone'],
    [{ spread: { minDomains: 0 } }, 'spec.spread.minDomains'],
    [{ workloads: { db: { factor: 2 } } }, 'spec.workloads.db: expected a reason with factor'],
    [
      { workloads: { db: { disruptionBudget: { maxUnavailable: 1, minAvailable: 1 } } } },
      'spec.workloads.db.disruptionBudget: expected either',
    ],
    [{ quorum: { db: false } }, 'spec.quorum.db'],
    [{ quorum: { db: { enabled: false } } }, 'spec.quorum.db.reason'],
    [{ trafficDistribution: 'Far' }, 'spec.trafficDistribution'],
    [{ services: { a: {} } }, 'spec.services.a.trafficDistribution'],
    [to({}), 'spec.derive.size.target: expected exactly one target'],
    [to({ ...ENV, argument: { flag: '--size' } }), 'spec.derive.size.target: expected exactly one target'],
    [to({ argument: { flag: '--size', part: 'value' } }), 'spec.derive.size.target.argument.part'],
    [to({ configMap: { key: 'a' } }), 'spec.derive.size.target.configMap: expected either path or line'],
    [to({ configMap: { key: 'a', path: 'a', line: '{value}' } }), 'spec.derive.size.target.configMap: expected either'],
    [to({ configMap: { key: 'a', line: 'size' } }), 'spec.derive.size.target.configMap.line'],
    [to({ object: { kind: 'A', path: [] } }), 'spec.derive.size.target.object.path'],
    [deriving({ formula: 'half', target: ENV }), 'spec.derive.size.formula'],
    [deriving({ formula: 'members', target: ENV }), 'spec.derive.size: expected a template for the formula members'],
    [deriving({ template: '{pod}', target: ENV }), 'spec.derive.size: expected a template for the formula members'],
    [
      members('{pods}'),
      'spec.derive.size.template: expected a template of {name}, {index}, {pod}, {service}, {namespace}, {host}',
    ],
    [members('{names}'), 'spec.derive.size.template'],
    [members(''), 'spec.derive.size.template'],
    [{ presets: { mongo: {} } }, 'spec.presets.mongo: expected one of '],
    [{ presets: { etc: {} } }, '(did you mean etcd?)'],
    [{ presets: { etcd: { parts: { other: 'a' } } } }, 'spec.presets.etcd.parts.other: expected one of '],
    [{ presets: { etcd: { values: { other: 'off' } } } }, 'spec.presets.etcd.values.other: expected one of '],
  ])('%j', (spec, where) => {
    expect(refused(spec)).toEqual([expect.stringContaining(where)])
  })
})

test('a path is keys joined by dots, or a list of keys', () => {
  expect([keysOf('spec.size'), keysOf(['data', 'a.b', 0])]).toEqual([
    ['spec', 'size'],
    ['data', 'a.b', 0],
  ])
})

describe('the objects that are read', () => {
  const isRead = (apiVersion: string, kind: string, spec: object = {}, text = ''): boolean =>
    replicationFactor.reads(read(spec), { apiVersion, kind, text })

  test.each<[string, string, boolean]>([
    ['apps/v1', 'Deployment', true],
    ['argoproj.io/v1alpha1', 'Rollout', true],
    ['autoscaling/v2', 'HorizontalPodAutoscaler', true],
    ['autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', true],
    ['policy/v1', 'PodDisruptionBudget', true],
    ['v1', 'Service', true],
    ['v1', 'ConfigMap', false],
    ['kafka.strimzi.io/v1beta2', 'KafkaTopic', true],
    ['kafka.strimzi.io/v1beta2', 'KafkaUser', false],
    ['postgresql.cnpg.io/v1', 'Cluster', true],
    ['networking.k8s.io/v1', 'Ingress', false],
  ])('of %s, a %s: %s', (apiVersion, kind, expected) => {
    expect(isRead(apiVersion, kind)).toBe(expected)
  })

  test('are also those that a rule writes to', () => {
    const configMap = to({ configMap: { key: 'a.yaml', path: 'a' } })
    expect(isRead('v1', 'ConfigMap', configMap, 'a.yaml: x')).toBe(true)
    expect(isRead('v1', 'ConfigMap', configMap, 'b.yaml: x')).toBe(false)
    expect(isRead('v1', 'Secret', configMap, 'a.yaml: x')).toBe(false)
    const object = to({ object: { kind: 'ServiceEntry', path: 'spec.hosts' } })
    expect(isRead('networking.istio.io/v1', 'ServiceEntry', object)).toBe(true)
    expect(isRead('networking.istio.io/v1', 'Sidecar', object)).toBe(false)
  })
})

test('an exception is reported with what it sets and why', async () => {
  const own = { factor: 2, spread: { zone: 'off' }, disruptionBudget: false, reason: 'a cache' }
  const { findings } = await run([workload('StatefulSet', 'db', { replicas: 3 })], { workloads: { db: own } })
  const said = findings.filter(({ id }) => id === 'replication-factor/exception').map(({ message }) => message)
  expect(said).toEqual([expect.stringContaining('factor 2, disruptionBudget off, spread of its own')])
  expect(said[0]).toContain('a cache')
})
