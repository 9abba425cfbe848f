import { parseConfig } from '../../functions/lib/framework/config.ts'
import { securityContextEnforcerSchema } from '../../functions/security-context-enforcer/config.ts'
import { FIELDS } from '../../functions/security-context-enforcer/config-container.ts'
import { securityContextEnforcer } from '../../functions/security-context-enforcer/function.ts'
import { refusedBy } from '../support/policies.ts'

const refused = (spec: object): string[] => refusedBy(securityContextEnforcerSchema, spec)
const read = (spec: object) => parseConfig(securityContextEnforcerSchema, spec, 'spec')
const container = (override: object) => ({ containers: { cart: override } })
const resource = (fields: object) => ({ customResources: { 'example.com/Cart': fields } })

test('an empty policy means these values', () => {
  expect(read({})).toEqual({
    mode: 'mutate',
    level: 'restricted',
    version: 'latest',
    runAsUser: 65532,
    automountServiceAccountToken: 'all',
  })
})

describe('a policy may say', () => {
  test.each<[object]>([
    [{ level: 'baseline', version: 'v1.29' }],
    [{ runAsUser: 'off', fsGroup: 'off', fsGroupChangePolicy: 'OnRootMismatch' }],
    [{ runAsUser: 1, fsGroup: 2_147_483_647, fsGroupChangePolicy: 'Always' }],
    ...['all', 'serving', 'bound', 'none'].map((automountServiceAccountToken): [object] => [
      { automountServiceAccountToken },
    ]),
    [{ boundServiceAccounts: { 'shop/cart': { reason: 'a test' } } }],
    [{ workloads: { cart: { runAsUser: 'off', fsGroup: 1000, fsGroupChangePolicy: 'Always' } } }],
    [{ namespaces: { shop: { level: 'privileged', warn: 'baseline', audit: 'restricted', reason: 'a test' } } }],
    [{ warn: 'restricted', audit: 'privileged' }],
    [{ exceptions: { cart: { hostPathVolumes: 'a test' } } }],
    [container({ omit: [...FIELDS], reason: 'a test' })],
    [container({ addCapabilities: ['NET_BIND_SERVICE'], reason: 'a test' })],
    [container({ privileged: false, readOnlyRootFilesystem: true, runAsUser: 1000 })],
    [container({ writable: ['/tmp', '//var/run'] })],
    [container({ writable: { '/a': { disk: true }, '/b': { sizeLimit: 1 }, '/c': {} } })],
    ...['64Mi', '1', '1.5G', '1.25Gi', '2k', '3Ki', '4E'].map((sizeLimit): [object] => [
      container({ writable: { '/a': { sizeLimit } } }),
    ]),
    [resource({ level: 'baseline', harden: false, omit: ['runAsUser'], volumes: ['spec.volumes'] })],
    [
      resource({
        podSecurityContexts: {
          'spec.pod.securityContext': { of: 'spec', containers: ['spec.a'], containerLists: ['b'] },
        },
      }),
    ],
    [resource({ claims: ['spec.storage'], flags: { 'spec.hostNetwork': 'hostNamespaces' } })],
  ])('%j', (spec) => {
    expect(refused(spec)).toEqual([])
  })
})

describe('a policy is refused that says', () => {
  test.each<[object, string]>([
    [{ level: 'privileged' }, 'spec.level'],
    [{ version: 'v1.1' }, 'spec.version'],
    [{ version: '1.29' }, 'spec.version'],
    [{ runAsUser: 0 }, 'spec.runAsUser'],
    [{ runAsUser: 2_147_483_648 }, 'spec.runAsUser'],
    [{ fsGroupChangePolicy: 'Never' }, 'spec.fsGroupChangePolicy'],
    [{ automountServiceAccountToken: true }, 'spec.automountServiceAccountToken'],
    [{ boundServiceAccounts: { cart: {} } }, 'spec.boundServiceAccounts.cart.reason'],
    [{ namespaces: { shop: { level: 'strict' } } }, 'spec.namespaces.shop.level'],
    [{ exceptions: { cart: { hostPaths: 'a test' } } }, 'spec.exceptions.cart.hostPaths'],
    [container({ omit: ['seccomp'], reason: 'a' }), 'spec.containers.cart.omit[0]'],
    [container({ omit: ['runAsUser'], runAsUser: 1, reason: 'a' }), 'spec.containers.cart.omit: expected fields that'],
    [container({ omit: ['runAsUser'] }), 'spec.containers.cart.reason: expected a reason'],
    [container({ addCapabilities: ['CAP_KILL'], reason: 'a' }), 'spec.containers.cart.addCapabilities[0]'],
    [container({ addCapabilities: ['kill'], reason: 'a' }), 'spec.containers.cart.addCapabilities[0]'],
    [container({ addCapabilities: ['KILL it'], reason: 'a' }), 'spec.containers.cart.addCapabilities[0]'],
    [container({ addCapabilities: [''], reason: 'a' }), 'spec.containers.cart.addCapabilities[0]'],
    ...['tmp', 'a/b', '/', '//', '/a:b', '/:a', ''].map((path): [object, string] => [
      container({ writable: { [path]: {} } }),
      'an absolute path below /',
    ]),
    [container({ writable: { '/a': { medium: 'Memory' } } }), 'spec.containers.cart.writable["/a"].medium'],
    ...['Mi', '64MB', '64mi', '1.', 'a64Mi', '64Mi ', ''].map((sizeLimit): [object, string] => [
      container({ writable: { '/a': { sizeLimit } } }),
      'sizeLimit: expected a quantity such as 64Mi',
    ]),
    [container({ writable: { '/a': { sizeLimit: 0 } } }), 'sizeLimit'],
    [resource({ level: 'none' }), 'spec.customResources["example.com/Cart"].level'],
    ...['', '.a', 'a.', 'a..b'].map((path): [object, string] => [
      resource({ volumes: [path] }),
      '.volumes[0]: expected a path such as spec.pod.securityContext',
    ]),
    [resource({ flags: { 'spec.a': 'hostNetworks' } }), '.flags["spec.a"]'],
    [resource({ podSecurityContexts: { a: {} } }), '.podSecurityContexts.a.of'],
    [{ customResources: { 'a/b/c': {} } }, 'spec.customResources["a/b/c"]: expected group/Kind'],
    [{ customResources: { '/b': {} } }, 'expected group/Kind'],
    [{ customResources: { 'a/': {} } }, 'expected group/Kind'],
  ])('%j', (spec, where) => {
    expect(refused(spec)).toEqual([expect.stringContaining(where)])
  })
})

describe('the objects that are read', () => {
  const isRead = (apiVersion: string, kind: string, spec: object = {}, text = ''): boolean =>
    securityContextEnforcer.reads(read(spec), { apiVersion, kind, text })

  test.each<[string, string, boolean]>([
    ['apps/v1', 'DaemonSet', true],
    ['v1', 'Namespace', true],
    ['v1', 'Service', false],
    ['v1', 'ServiceAccount', false],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', true],
    ['rbac.authorization.k8s.io/v1', 'Role', false],
    ['kafka.strimzi.io/v1beta2', 'Kafka', true],
    ['example.com/v1', 'Cart', false],
  ])('of %s, a %s: %s', (apiVersion, kind, expected) => {
    expect(isRead(apiVersion, kind)).toBe(expected)
  })

  test('are those that decide about tokens too, where tokens are decided about', () => {
    expect(isRead('v1', 'ServiceAccount', {}, 'automountServiceAccountToken: false')).toBe(true)
    expect(isRead('v1', 'Service', {}, 'automountServiceAccountToken: false')).toBe(false)
    const none = { automountServiceAccountToken: 'none' }
    expect(isRead('rbac.authorization.k8s.io/v1', 'RoleBinding', none)).toBe(false)
  })

  test('are the custom resources of the policy too, of any version', () => {
    expect(isRead('example.com/v1beta1', 'Cart', resource({}))).toBe(true)
    expect(isRead('example.com/v1beta1', 'Basket', resource({}))).toBe(false)
  })
})
