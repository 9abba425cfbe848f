import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { violationsOf } from '../../functions/security-context-enforcer/checks/evaluate.ts'
import { checks } from '../../functions/security-context-enforcer/checks/index.ts'
import { failures, restricted, view } from './harden.ts'

// What a violation carries besides its check and its path: it decides which entry of the policy excuses it, what is repaired,
// and what the message says.

const violations = (object: KubernetesObject, at: 'baseline' | 'restricted' = 'restricted') =>
  violationsOf(view(object), at)

describe('every safe sysctl passes from the version on that allows it', () => {
  const OLDEST = 25
  test.each<[string, number]>([
    ['kernel.shm_rmid_forced', OLDEST],
    ['net.ipv4.ip_local_port_range', OLDEST],
    ['net.ipv4.ip_unprivileged_port_start', OLDEST],
    ['net.ipv4.tcp_syncookies', OLDEST],
    ['net.ipv4.ping_group_range', OLDEST],
    ['net.ipv4.ip_local_reserved_ports', 27],
    ['net.ipv4.tcp_keepalive_time', 29],
    ['net.ipv4.tcp_fin_timeout', 29],
    ['net.ipv4.tcp_keepalive_intvl', 29],
    ['net.ipv4.tcp_keepalive_probes', 29],
    ['net.ipv4.tcp_rmem', 32],
    ['net.ipv4.tcp_wmem', 32],
    ['net.ipv4.tcp_slow_start_after_idle', 37],
    ['net.ipv4.tcp_notsent_lowat', 37],
  ])('%s: %i', (name, first) => {
    const object = restricted({ pod: { sysctls: [{ name, value: '1' }] } })
    expect(failures(object, 'baseline', `v1.${first}`)).toEqual([])
    if (first > OLDEST) expect(failures(object, 'baseline', `v1.${first - 1}`)).toHaveLength(1)
  })
})

test.each([
  [['startupProbe']],
  [['readinessProbe']],
  [['livenessProbe']],
  [['lifecycle', 'postStart']],
  [['lifecycle', 'preStop']],
])('a host that a handler calls is seen in %j, by HTTP and by TCP', (path) => {
  for (const action of ['httpGet', 'tcpSocket']) {
    const handler = { [action]: { port: 80, host: 'example.com' } }
    const fields = path.reduceRight<Fields>((inner, key) => ({ [key]: inner }), handler)
    expect(failures(restricted({ container: fields }), 'baseline')).toEqual([
      `hostProbesAndHostLifecycle spec.containers.0.${path.join('.')}.${action}.host`,
    ])
  }
})

test('procMount Default passes, because it is what the runtime does anyway', () => {
  for (const at of ['baseline', 'restricted'] as const)
    expect(failures(restricted({ app: { procMount: 'Default' } }), at)).toEqual([])
})

test('in a list of ports, whatever is no port is passed over', () => {
  const ports = [null, { containerPort: 80, hostPort: 80 }]
  expect(failures(restricted({ container: { ports } }), 'baseline')).toHaveLength(1)
})

describe('a violation names its container, or none if the pod is at fault', () => {
  test.each<[string, Fields]>([
    ['seccompProfile', { type: 'Unconfined' }],
    ['appArmorProfile', { type: 'Unconfined' }],
    ['seLinuxOptions', { type: 'spc_t', user: 'a', role: 'b' }],
    ['windowsOptions', { hostProcess: true }],
  ])('%s', (field, value) => {
    const inContainer = violations(restricted({ app: { [field]: value } }))
    const inPod = violations(restricted({ pod: { [field]: value } }))
    expect(inContainer.length).toBeGreaterThan(0)
    expect(new Set(inContainer.map(({ container }) => container?.name))).toEqual(new Set(['app']))
    expect(inPod.map(({ container, ...rest }) => [container, Object.hasOwn(rest, 'container')])).toEqual(
      inPod.map(() => [undefined, false]),
    )
  })
})

describe('a violation that another one causes names its cause', () => {
  test('runAsNonRoot of a container that is root', () => {
    const all = violations(restricted({ app: { runAsUser: 0, runAsNonRoot: false } }))
    expect(all.find(({ check }) => check === 'runAsNonRoot')).toMatchObject({ because: 'runAsUser', found: false })
  })

  test('runAsNonRoot of a pod that is root', () => {
    const all = violations(restricted({ pod: { runAsUser: 0, runAsNonRoot: false }, app: { runAsUser: undefined } }))
    expect(all.find(({ path, check }) => check === 'runAsNonRoot' && path.at(-2) !== 'app')).toMatchObject({
      because: 'runAsUser',
    })
  })

  test('a capability of a privileged container', () => {
    const all = violations(restricted({ app: { privileged: true, capabilities: { drop: ['ALL'], add: ['KILL'] } } }))
    expect(all.find(({ check }) => check === 'capabilities')).toMatchObject({ because: 'privileged' })
  })

  test('but no other violation does', () => {
    const all = violations(restricted({ app: { runAsNonRoot: false, capabilities: { drop: ['ALL'], add: ['KILL'] } } }))
    expect(all).toHaveLength(2)
    for (const violation of all) expect(violation).not.toHaveProperty('because')
  })
})

test('null counts as not set, and is not what was found', () => {
  const [violation] = violations(restricted({ app: { runAsNonRoot: null } }))
  expect(violation).toMatchObject({ check: 'runAsNonRoot', found: undefined })
})

describe('what may be intended is not repaired', () => {
  test('a user of the pod that is a placeholder', () => {
    const [violation] = violations(restricted({ pod: { runAsUser: '${USER}' } }))
    expect(violation).toMatchObject({ check: 'runAsUser', found: '${USER}' })
    expect(violation).not.toHaveProperty('repair')
  })

  test('an SELinux role other than that of the system', () => {
    const [violation] = violations(restricted({ app: { seLinuxOptions: { role: 'cart_r' } } }))
    expect(violation).toMatchObject({ check: 'seLinuxOptions', found: 'cart_r' })
    expect(violation).not.toHaveProperty('repair')
  })
})

test('a name with CAP_ in it is not one that begins so', () => {
  const app = { capabilities: { drop: ['ALL'], add: ['X_CAP_KILL'] } }
  expect(violations(restricted({ app }))[0]).toMatchObject({ advice: 'remove it' })
})

test('a violation says what is expected instead', () => {
  const hostPath = restricted({ spec: { volumes: [{ name: 'a', hostPath: { path: '/' } }] } })
  expect(violations(hostPath, 'baseline')[0]).toMatchObject({
    expected: 'no hostPath',
    advice: 'use a PersistentVolumeClaim or a CSI volume',
  })
  expect(violations(restricted({ app: { seccompProfile: null } }))[0]?.expected).toBe('RuntimeDefault or Localhost')
})

test('every check says what it means, why, and what to do, and has forms at known levels', () => {
  for (const { allows, means, why, fix, verdict, forms } of checks) {
    expect([allows, means, why, fix].map((text) => text.length > 10)).toEqual([true, true, true, true])
    expect(['override', 'refuse']).toContain(verdict)
    for (const { level } of forms) expect(['baseline', 'restricted']).toContain(level)
  }
})
