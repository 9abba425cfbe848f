import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { contextOf, errors, failures, harden, level, RESTRICTED, restricted, specOf, warnings } from './harden.ts'

type Edit = NonNullable<Parameters<typeof restricted>[0]>

describe('filled: an unset field, without a finding', () => {
  test.each(Object.keys(RESTRICTED).filter((field) => field !== 'runAsUser'))('%s', (field) => {
    const object = restricted({ app: { [field]: undefined } })
    expect(harden([object])).toEqual([])
    expect(contextOf(object)).toEqual(RESTRICTED)
  })

  test('runAsUser, unless the manifest leaves it to the image', () => {
    const object = restricted({ app: { runAsUser: undefined, runAsNonRoot: undefined } })
    expect(harden([object])).toEqual([])
    expect(contextOf(object)).toEqual(RESTRICTED)
  })

  test('a drop next to an add that is allowed', () => {
    const object = restricted({ app: { capabilities: { add: ['NET_BIND_SERVICE'] } } })
    expect(harden([object])).toEqual([])
    expect(contextOf(object).capabilities).toEqual({ drop: ['ALL'], add: ['NET_BIND_SERVICE'] })
  })

  test('null counts as unset', () => {
    const nulls = Object.fromEntries(Object.keys(RESTRICTED).map((field) => [field, null]))
    const object = restricted({ app: nulls })
    expect(harden([object])).toEqual([])
    expect(contextOf(object)).toEqual(RESTRICTED)
  })
})

describe('overridden: an explicit bad value, with a warning', () => {
  test.each<[string, Edit, found: unknown, field: string, value: unknown]>([
    ['allowPrivilegeEscalation', { app: { allowPrivilegeEscalation: true } }, true, 'allowPrivilegeEscalation', false],
    ['runAsNonRoot', { app: { runAsNonRoot: false } }, false, 'runAsNonRoot', true],
    [
      'a drop without ALL',
      { app: { capabilities: { drop: ['NET_RAW'] } } },
      ['NET_RAW'],
      'capabilities',
      { drop: ['ALL'] },
    ],
    ['an empty drop', { app: { capabilities: { drop: [] } } }, [], 'capabilities', { drop: ['ALL'] }],
    [
      'seccompProfile, with the path of a local one',
      { app: { seccompProfile: { type: 'Unconfined', localhostProfile: 'a' } } },
      'Unconfined',
      'seccompProfile',
      { type: 'RuntimeDefault' },
    ],
    [
      'an empty seccompProfile',
      { app: { seccompProfile: {} } },
      undefined,
      'seccompProfile',
      { type: 'RuntimeDefault' },
    ],
    [
      'appArmorProfile',
      { app: { appArmorProfile: { type: 'Unconfined' } } },
      'Unconfined',
      'appArmorProfile',
      { type: 'RuntimeDefault' },
    ],
    [
      'the SELinux user of the system',
      { app: { seLinuxOptions: { user: 'system_u' } } },
      'system_u',
      'seLinuxOptions',
      undefined,
    ],
    [
      'the SELinux role of the system',
      { app: { seLinuxOptions: { role: 'system_r', level: 's0' } } },
      'system_r',
      'seLinuxOptions',
      { level: 's0' },
    ],
  ])('%s', (_, edit, found, field, value) => {
    const object = restricted(edit)
    const findings = harden([object])
    expect(errors(findings)).toEqual([])
    expect(findings.filter(({ severity }) => severity === 'warning').map(({ field }) => field?.currentValue)).toEqual([
      found,
    ])
    expect(contextOf(object)[field]).toEqual(value)
    expect(level(object)).toBe('restricted')
  })

  test('at pod and container level: a good value at one does not repair a bad value at the other', () => {
    const object = restricted({
      app: { runAsNonRoot: false },
      pod: { runAsNonRoot: false, seccompProfile: { type: 'Unconfined' } },
    })
    expect(warnings(harden([object]))).toHaveLength(3)
    expect(specOf(object).securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(contextOf(object).runAsNonRoot).toBe(true)
  })
})

describe('refused: an explicit value that no other can replace', () => {
  const refused: [string, Edit, check: string][] = [
    ['privileged', { app: { privileged: true } }, 'privileged'],
    ['an added capability', { app: { capabilities: { add: ['KILL'] } } }, 'capabilities'],
    ['a misspelt capability', { app: { capabilities: { add: ['net_bind_service'] } } }, 'capabilities'],
    ['root', { app: { runAsUser: 0 } }, 'runAsUser'],
    [
      'root at pod level, which a container takes over',
      { pod: { runAsUser: 0 }, app: { runAsUser: undefined } },
      'runAsUser',
    ],
    ['an SELinux type', { app: { seLinuxOptions: { type: 'spc_t' } } }, 'seLinuxOptions'],
    ['an SELinux user of its own', { app: { seLinuxOptions: { user: 'cart_u' } } }, 'seLinuxOptions'],
    ['a sysctl', { pod: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'sysctls'],
    ['procMount', { app: { procMount: 'Unmasked' } }, 'procMount'],
    ['hostNetwork', { spec: { hostNetwork: true } }, 'hostNamespaces'],
    ['a host port', { container: { ports: [{ containerPort: 1, hostPort: 1 }] } }, 'hostPorts'],
    ['a hostPath', { spec: { volumes: [{ name: 'a', hostPath: { path: '/' } }] } }, 'hostPathVolumes'],
    ['an NFS volume', { spec: { volumes: [{ name: 'a', nfs: { path: '/' } }] } }, 'restrictedVolumes'],
    [
      'a probe of a host',
      { container: { startupProbe: { tcpSocket: { port: 1, host: 'a' } } } },
      'hostProbesAndHostLifecycle',
    ],
    ['a Windows host process', { pod: { windowsOptions: { hostProcess: true } } }, 'windowsHostProcess'],
  ]

  // Each has something to fill and something to override next to it: neither may happen.
  const withMore = (edit: Edit): Edit => ({
    ...edit,
    app: { allowPrivilegeEscalation: true, readOnlyRootFilesystem: undefined, ...edit.app },
  })

  test.each(refused)('%s, and nothing of the object is changed', (_, edit, check) => {
    const object = restricted(withMore(edit))
    const before = structuredClone(object)
    const findings = harden([object], { containers: { app: { writable: ['/tmp'] } } })
    expect(findings.filter(({ severity }) => severity === 'error').map(({ tags }) => tags?.check)).toEqual([check])
    expect(object).toEqual(before)
  })

  test.each(refused)('%s, unless the policy gives a reason', (_, edit, check) => {
    const object = restricted(edit)
    const before = failures(object, 'restricted').filter((failure) => failure.startsWith(check))
    const findings = harden([object], { exceptions: { cart: { [check]: 'because' } } })
    expect(errors(findings)).toEqual([])
    expect(findings).toContainEqual(
      expect.objectContaining({ severity: 'warning', tags: { check }, message: expect.stringMatching(/because$/) }),
    )
    expect(failures(object, 'restricted').filter((failure) => failure.startsWith(check))).toEqual(before)
    expect(object.metadata.annotations).toEqual({
      'krm-hardening.dev/exception': 'security-context-enforcer: because',
    })
  })
})

describe('baseline', () => {
  test('neither fills nor overrides what only restricted forbids', () => {
    const root: Fields = { runAsUser: 0, runAsNonRoot: false, allowPrivilegeEscalation: true }
    const object = restricted({
      app: { ...Object.fromEntries(Object.keys(RESTRICTED).map((key) => [key, undefined])), ...root },
    })
    expect(harden([object], { level: 'baseline' })).toEqual([])
    expect(contextOf(object)).toMatchObject(root)
    expect(specOf(object).securityContext).toBeUndefined()
  })

  test('overrides what baseline forbids', () => {
    const object = restricted({ pod: { seccompProfile: { type: 'Unconfined' } } })
    expect(warnings(harden([object], { level: 'baseline' }))).toEqual([
      'seccomp-profile spec.securityContext.seccompProfile.type',
    ])
  })

  test('refuses what baseline forbids', () => {
    expect(errors(harden([restricted({ app: { privileged: true } })], { level: 'baseline' }))).toEqual([
      'privileged spec.containers[0].securityContext.privileged',
    ])
  })
})

describe('a root user of the pod that no container runs as', () => {
  const object = (app?: unknown) => restricted({ pod: { runAsUser: 0 }, app: { runAsUser: app } })

  test('is removed', () => {
    const it = object(1000)
    const findings = harden([it])
    expect([errors(findings), warnings(findings)]).toEqual([[], ['run-as-user spec.securityContext.runAsUser']])
    expect(specOf(it).securityContext).not.toHaveProperty('runAsUser')
  })

  test('is refused if a container takes it', () => {
    expect(errors(harden([object()]))).toEqual(['run-as-user spec.securityContext.runAsUser'])
  })

  test('stays if every container that takes it has a reason', () => {
    const it = object()
    const containers = { app: { omit: ['runAsUser', 'runAsNonRoot'], reason: 'because' } }
    expect(errors(harden([it], { containers }))).toEqual([])
    expect(specOf(it).securityContext).toMatchObject({ runAsUser: 0 })
  })
})

describe('what a message about a capability advises', () => {
  test.each([
    ['NET_ADMIN', 'addCapabilities: [NET_ADMIN], omit: [runAsUser, runAsNonRoot] and a reason in containers.cart/app'],
    ['CAP_KILL', 'write KILL'],
    ['kill', 'write KILL'],
    ['cap_net_raw', 'write NET_RAW'],
  ])('%s: %s', (name, advice) => {
    const [finding] = harden([restricted({ app: { capabilities: { drop: ['ALL'], add: [name] } } })])
    expect(finding?.message).toContain(advice)
    expect(finding?.message.includes('addCapabilities')).toBe(name === 'NET_ADMIN')
  })
})

test('SELinux options beyond those of the system are refused as a whole, and nothing is removed', () => {
  const seLinuxOptions = { user: 'system_u', role: 'cart_r', level: 's0' }
  const object = restricted({ app: { seLinuxOptions } })
  expect(errors(harden([object]))).toEqual(['se-linux-options spec.containers[0].securityContext.seLinuxOptions.role'])
  expect(contextOf(object).seLinuxOptions).toEqual(seLinuxOptions)
})

test('values that may be secret are never printed', () => {
  const annotations = { 'container.apparmor.security.beta.kubernetes.io/app': 'S3CRET' }
  const volumes = [{ name: 'a', flexVolume: { options: { password: 'S3CRET' } } }]
  const findings = [
    ...harden([restricted({ annotations, app: { appArmorProfile: { type: 'Unconfined' } } })]),
    ...harden([restricted({ spec: { volumes } })]),
    ...harden([restricted({ app: { privileged: 'S3CRET' } })]),
  ]
  expect(findings.map(({ id, message, field }) => JSON.stringify([id, message, field]))).not.toContainEqual(
    expect.stringContaining('S3CRET'),
  )
  expect(findings.length).toBeGreaterThan(2)
})
