import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { checks } from '../../functions/security-context-enforcer/checks/index.ts'
import {
  isLaxer,
  LEVELS,
  type Level,
  laxest,
  minorOf,
} from '../../functions/security-context-enforcer/checks/levels.ts'
import { container, failures, level, RESTRICTED, restricted } from './harden.ts'

type Edit = NonNullable<Parameters<typeof restricted>[0]>
const APP = 'spec.containers.0'
const volume = (source: Fields): Edit => ({ spec: { volumes: [{ name: 'data', ...source }] } })
const probe = (host: string): Edit => ({ container: { livenessProbe: { httpGet: { port: 80, host } } } })
const sysctl = (name: string): Edit => ({ pod: { sysctls: [{ name, value: '1' }] } })
const apparmor = (profile: string): Edit => ({
  annotations: { 'container.apparmor.security.beta.kubernetes.io/app': profile },
})

describe('a pod that fails one check, one edit away from a pod that meets restricted', () => {
  test('starts from a pod that passes every check', () => {
    expect(failures(restricted(), 'restricted')).toEqual([])
    expect(failures(restricted(), 'baseline')).toEqual([])
  })

  const failing: [name: string, edit: Edit, baseline: string[], restricted: string[] | 'same'][] = [
    // baseline
    ['privileged', { app: { privileged: true } }, [`privileged ${APP}.securityContext.privileged`], 'same'],
    ['hostNetwork', { spec: { hostNetwork: true } }, ['hostNamespaces spec.hostNetwork'], 'same'],
    ['hostPID', { spec: { hostPID: true } }, ['hostNamespaces spec.hostPID'], 'same'],
    ['hostIPC', { spec: { hostIPC: true } }, ['hostNamespaces spec.hostIPC'], 'same'],
    [
      'hostPort',
      { container: { ports: [{ containerPort: 80, hostPort: 80 }] } },
      [`hostPorts ${APP}.ports.0.hostPort`],
      'same',
    ],
    ['hostPath', volume({ hostPath: { path: '/' } }), ['hostPathVolumes spec.volumes.0.hostPath'], 'same'],
    [
      'a probe of localhost',
      probe('127.0.0.1'),
      [`hostProbesAndHostLifecycle ${APP}.livenessProbe.httpGet.host`],
      'same',
    ],
    [
      'a hook that calls a host',
      { container: { lifecycle: { preStop: { tcpSocket: { port: 80, host: 'db' } } } } },
      [`hostProbesAndHostLifecycle ${APP}.lifecycle.preStop.tcpSocket.host`],
      'same',
    ],
    ['procMount', { app: { procMount: 'Unmasked' } }, [`procMount ${APP}.securityContext.procMount`], 'same'],
    [
      'a capability beyond the runtime',
      { app: { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
      [`capabilities ${APP}.securityContext.capabilities.add.0`],
      'same',
    ],
    [
      'CAP_ before a capability of the runtime',
      { app: { capabilities: { drop: ['ALL'], add: ['CAP_CHOWN'] } } },
      [`capabilities ${APP}.securityContext.capabilities.add.0`],
      'same',
    ],
    [
      'unconfined seccomp',
      { app: { seccompProfile: { type: 'Unconfined' } } },
      [`seccompProfile ${APP}.securityContext.seccompProfile.type`],
      'same',
    ],
    [
      'an empty seccompProfile',
      { app: { seccompProfile: {} } },
      [`seccompProfile ${APP}.securityContext.seccompProfile.type`],
      'same',
    ],
    [
      'unconfined seccomp of the pod',
      { pod: { seccompProfile: { type: 'Unconfined' } } },
      ['seccompProfile spec.securityContext.seccompProfile.type'],
      'same',
    ],
    [
      'unconfined AppArmor',
      { pod: { appArmorProfile: { type: 'Unconfined' } } },
      ['appArmorProfile spec.securityContext.appArmorProfile.type'],
      'same',
    ],
    [
      'an unconfined AppArmor annotation',
      apparmor('unconfined'),
      ['appArmorProfile metadata.annotations.container.apparmor.security.beta.kubernetes.io/app'],
      'same',
    ],
    [
      'an SELinux type',
      { app: { seLinuxOptions: { type: 'spc_t' } } },
      [`seLinuxOptions ${APP}.securityContext.seLinuxOptions.type`],
      'same',
    ],
    [
      'an SELinux user',
      { pod: { seLinuxOptions: { user: 'root_u' } } },
      ['seLinuxOptions spec.securityContext.seLinuxOptions.user'],
      'same',
    ],
    ['an unsafe sysctl', sysctl('kernel.msgmax'), ['sysctls spec.securityContext.sysctls.0.name'], 'same'],
    [
      'a Windows host process',
      { pod: { windowsOptions: { hostProcess: true } } },
      ['windowsHostProcess spec.securityContext.windowsOptions.hostProcess'],
      'same',
    ],
    // restricted only
    [
      'escalation unset',
      { app: { allowPrivilegeEscalation: undefined } },
      [],
      [`allowPrivilegeEscalation ${APP}.securityContext.allowPrivilegeEscalation`],
    ],
    [
      'escalation true',
      { app: { allowPrivilegeEscalation: true } },
      [],
      [`allowPrivilegeEscalation ${APP}.securityContext.allowPrivilegeEscalation`],
    ],
    ['no drop', { app: { capabilities: {} } }, [], [`capabilities ${APP}.securityContext.capabilities.drop`]],
    [
      'a drop of all, misspelt',
      { app: { capabilities: { drop: ['all'] } } },
      [],
      [`capabilities ${APP}.securityContext.capabilities.drop`],
    ],
    [
      'a capability of the runtime',
      { app: { capabilities: { drop: ['ALL'], add: ['CHOWN'] } } },
      [],
      [`capabilities ${APP}.securityContext.capabilities.add.0`],
    ],
    ['a root user', { app: { runAsUser: 0 } }, [], [`runAsUser ${APP}.securityContext.runAsUser`]],
    [
      'a root user of the pod that its container overrides',
      { pod: { runAsUser: 0 } },
      [],
      ['runAsUser spec.securityContext.runAsUser'],
    ],
    [
      'runAsNonRoot unset',
      { app: { runAsNonRoot: undefined } },
      [],
      [`runAsNonRoot ${APP}.securityContext.runAsNonRoot`],
    ],
    [
      'runAsNonRoot false in the container of a pod that says true',
      { app: { runAsNonRoot: false }, pod: { runAsNonRoot: true } },
      [],
      [`runAsNonRoot ${APP}.securityContext.runAsNonRoot`],
    ],
    [
      'runAsNonRoot false of a pod whose containers say true',
      { pod: { runAsNonRoot: false } },
      [],
      ['runAsNonRoot spec.securityContext.runAsNonRoot'],
    ],
    [
      'seccomp unset',
      { app: { seccompProfile: undefined } },
      [],
      [`seccompProfile ${APP}.securityContext.seccompProfile`],
    ],
    [
      'a volume that is not contained',
      volume({ nfs: { server: 'a', path: '/' } }),
      [],
      ['restrictedVolumes spec.volumes.0.nfs'],
    ],
  ]

  test.each(failing)('%s', (_, edit, baseline, atRestricted) => {
    const object = restricted(edit)
    expect(failures(object, 'baseline')).toEqual(baseline)
    expect(failures(object, 'restricted')).toEqual(atRestricted === 'same' ? baseline : atRestricted)
    expect(level(object)).toBe(baseline.length > 0 ? 'privileged' : 'baseline')
  })

  test('covers every check', () => {
    const shown = new Set(failing.flatMap(([, , ...levels]) => levels.flat().map((text) => text.split(' ')[0])))
    expect([...new Set(checks.map(({ name }) => name))].filter((name) => !shown.has(name))).toEqual([])
  })
})

describe('a pod that looks wrong and still meets restricted', () => {
  test.each<[string, Edit]>([
    ['null everywhere', { pod: { runAsUser: null, seccompProfile: null }, app: { procMount: null, privileged: null } }],
    ['false where true is forbidden', { spec: { hostNetwork: false, hostPID: false, hostIPC: false } }],
    ['hostPort 0', { container: { ports: [{ containerPort: 80, hostPort: 0 }] } }],
    ['an empty host', probe('')],
    ['Localhost profiles', { app: { seccompProfile: { type: 'Localhost', localhostProfile: 'a' } } }],
    ['allowed AppArmor annotations', apparmor('localhost/cart')],
    [
      'a container type of SELinux and any level',
      { app: { seLinuxOptions: { type: 'container_t', level: 's0:c1,c2' } } },
    ],
    ['more drops than ALL', { app: { capabilities: { drop: ['NET_RAW', 'ALL'], add: ['NET_BIND_SERVICE'] } } }],
    ['a safe sysctl', sysctl('net.ipv4.tcp_syncookies')],
    ['what restricted allows at pod level', { app: { runAsNonRoot: undefined }, pod: { runAsNonRoot: true } }],
    ['a volume without a source, which is an emptyDir', volume({})],
    [
      'every contained volume',
      {
        spec: {
          volumes: [
            'configMap',
            'csi',
            'downwardAPI',
            'emptyDir',
            'ephemeral',
            'image',
            'persistentVolumeClaim',
            'projected',
            'secret',
          ].map((source) => ({ name: source, [source]: {} })),
        },
      },
    ],
  ])('%s', (_, edit) => {
    expect(failures(restricted(edit), 'restricted')).toEqual([])
  })
})

describe('all three container lists are checked', () => {
  test.each(['initContainers', 'containers', 'ephemeralContainers'])('%s', (list) => {
    const object = restricted({ spec: { [list]: [container('app', { ...RESTRICTED, privileged: true })] } })
    expect(failures(object, 'baseline')).toEqual([`privileged spec.${list}.0.securityContext.privileged`])
  })
})

describe('what depends on the version of the policy', () => {
  const userNamespace = (edit: Edit = {}): Edit => ({ ...edit, spec: { hostUsers: false } })
  test.each<[string, last: string, first: string, Edit]>([
    ['root in a user namespace', 'v1.34', 'v1.35', userNamespace({ app: { runAsUser: 0, runAsNonRoot: undefined } })],
    ['container_engine_t', 'v1.30', 'v1.31', { app: { seLinuxOptions: { type: 'container_engine_t' } } }],
    ['reserved ports', 'v1.26', 'v1.27', sysctl('net.ipv4.ip_local_reserved_ports')],
    ['keep-alive', 'v1.28', 'v1.29', sysctl('net.ipv4.tcp_keepalive_time')],
    ['socket buffers', 'v1.31', 'v1.32', sysctl('net.ipv4.tcp_rmem')],
    ['unsent bytes', 'v1.36', 'v1.37', sysctl('net.ipv4.tcp_notsent_lowat')],
  ])('%s: forbidden by %s, allowed by %s', (_, last, first, edit) => {
    expect(level(restricted(edit), last)).not.toBe('restricted')
    expect(level(restricted(edit), first)).toBe('restricted')
  })

  test('probes of hosts are forbidden from 1.34', () => {
    expect(['v1.33', 'v1.34'].map((version) => level(restricted(probe('db')), version))).toEqual([
      'restricted',
      'privileged',
    ])
  })

  test('an unmasked /proc passes baseline from 1.35 in a user namespace, and restricted never', () => {
    const object = restricted(userNamespace({ app: { procMount: 'Unmasked' } }))
    expect(['v1.34', 'v1.35'].map((version) => level(object, version))).toEqual(['privileged', 'baseline'])
  })
})

describe('pods that declare Windows', () => {
  const windows = restricted({
    app: { allowPrivilegeEscalation: undefined, capabilities: undefined, seccompProfile: undefined },
    spec: { os: { name: 'windows' } },
  })

  test('are exempt from escalation, capabilities and seccomp', () => {
    expect(failures(windows, 'restricted')).toEqual([])
  })

  test('are not exempt from runAsNonRoot', () => {
    const object = restricted({ app: { runAsNonRoot: undefined }, spec: { os: { name: 'windows' } } })
    expect(failures(object, 'restricted')).toEqual([`runAsNonRoot ${APP}.securityContext.runAsNonRoot`])
  })

  test('are not exempt by a node selector', () => {
    const object = restricted({
      app: { capabilities: undefined },
      spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } },
    })
    expect(failures(object, 'restricted')).toEqual([`capabilities ${APP}.securityContext.capabilities.drop`])
  })
})

describe('the exact values that are allowed', () => {
  const annotated = (profile: string) => failures(restricted(apparmor(profile)), 'baseline')

  test.each(['', 'runtime/default', 'localhost/cart', 'localhost/'])('an AppArmor annotation %j', (profile) => {
    expect(annotated(profile)).toEqual([])
  })

  test.each(['runtime/other', 'localhost', 'docker/default', 'unconfined'])(
    'and not an AppArmor annotation %j',
    (profile) => {
      expect(annotated(profile)).toHaveLength(1)
    },
  )

  test.each<[string, number]>([
    ['RuntimeDefault', 0],
    ['Localhost', 0],
    ['Unconfined', 1],
    ['runtimedefault', 1],
    ['', 1],
  ])('an AppArmor type or seccomp type %j, at both levels: %i', (type, count) => {
    for (const field of ['appArmorProfile', 'seccompProfile'])
      for (const edit of [{ app: { [field]: { type } } }, { pod: { [field]: { type } } }])
        for (const at of ['baseline', 'restricted'] as const) expect(failures(restricted(edit), at)).toHaveLength(count)
  })

  test.each<[Fields, number]>([
    [{}, 0],
    [{ type: '' }, 0],
    [{ type: null, user: null, role: null }, 0],
    [{ type: 'container_t' }, 0],
    [{ type: 'container_init_t' }, 0],
    [{ type: 'container_kvm_t' }, 0],
    [{ type: 'container_engine_t' }, 0],
    [{ type: 'Container_t' }, 1],
    [{ user: '', role: '' }, 0],
    [{ user: 'system_u' }, 1],
    [{ user: 'u', role: 'r', type: 't' }, 3],
  ])('SELinux options %j: %i', (seLinuxOptions, count) => {
    expect(failures(restricted({ app: { seLinuxOptions } }), 'baseline')).toHaveLength(count)
    expect(failures(restricted({ pod: { seLinuxOptions } }), 'baseline')).toHaveLength(count)
  })

  test.each([true, false, null])('hostProcess %j, at both levels', (hostProcess) => {
    const expected = hostProcess === true ? 1 : 0
    const windowsOptions = { hostProcess }
    expect(failures(restricted({ app: { windowsOptions } }), 'baseline')).toHaveLength(expected)
    expect(failures(restricted({ pod: { windowsOptions } }), 'baseline')).toHaveLength(expected)
  })

  test('seccomp unset: the pod or every container must set it', () => {
    const unset = { app: { seccompProfile: undefined } }
    expect(failures(restricted(unset), 'baseline')).toEqual([])
    expect(
      failures(restricted({ ...unset, pod: { seccompProfile: { type: 'RuntimeDefault' } } }), 'restricted'),
    ).toEqual([])
    const two = restricted({
      spec: { containers: [container('app', RESTRICTED), container('other', { ...RESTRICTED, seccompProfile: null })] },
    })
    expect(failures(two, 'restricted')).toEqual(['seccompProfile spec.containers.1.securityContext.seccompProfile'])
  })
})

describe('levels', () => {
  test.each<[Level, Level, boolean]>([
    ['privileged', 'baseline', true],
    ['privileged', 'restricted', true],
    ['baseline', 'restricted', true],
    ['baseline', 'privileged', false],
    ['restricted', 'baseline', false],
    ...LEVELS.map((level): [Level, Level, boolean] => [level, level, false]),
  ])('%s is laxer than %s: %s', (level, than, expected) => {
    expect(isLaxer(level, than)).toBe(expected)
  })

  test('are combined to the laxest of several, and to restricted where there is none', () => {
    expect(laxest([])).toBe('restricted')
    expect(laxest(['restricted', 'privileged', 'baseline'])).toBe('privileged')
    expect(laxest(['restricted', 'baseline'])).toBe('baseline')
  })

  test('versions', () => {
    expect([minorOf('latest'), minorOf('v1.25'), minorOf('v1.37')]).toEqual([37, 25, 37])
  })
})
