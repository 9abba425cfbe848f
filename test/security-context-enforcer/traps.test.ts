import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import {
  container,
  contextOf,
  deployment,
  errors,
  harden,
  level,
  RESTRICTED,
  restricted,
  specOf,
  warnings,
} from './harden.ts'

// Fields that look harmless to set or to remove, and would break the pod.

describe('root', () => {
  test('runAsUser: 0 of a container takes precedence over the user of its pod, and is not removed', () => {
    const object = restricted({ pod: { runAsUser: 1000 }, app: { runAsUser: 0 } })
    expect(errors(harden([object]))).toEqual(['run-as-user spec.containers[0].securityContext.runAsUser'])
    expect(contextOf(object).runAsUser).toBe(0)
  })

  test('the user of the pod is not overridden by the default', () => {
    const object = deployment({ securityContext: { runAsUser: 1000, runAsNonRoot: true } })
    harden([object])
    expect(contextOf(object)).not.toHaveProperty('runAsUser')
    expect(contextOf(object)).not.toHaveProperty('runAsNonRoot')
  })

  test('runAsNonRoot: true is not set next to a root user that is allowed, because the container would never start', () => {
    const object = deployment({ containers: [container('app', { runAsUser: 0 })] })
    expect(errors(harden([object], { exceptions: { cart: { runAsUser: 'because' } } }))).toEqual([])
    expect(contextOf(object)).not.toHaveProperty('runAsNonRoot')
  })

  test('is allowed from 1.35 in a user namespace of its own, and stays', () => {
    const object = deployment({
      hostUsers: false,
      containers: [container('app', { runAsUser: 0 }), container('other')],
    })
    expect(harden([object])).toEqual([])
    expect([contextOf(object).runAsUser, contextOf(object).runAsNonRoot]).toEqual([0, undefined])
    expect([contextOf(object, 1).runAsUser, contextOf(object, 1).runAsNonRoot]).toEqual([undefined, undefined])
    expect(level(object)).toBe('restricted')
  })
})

describe('allowPrivilegeEscalation: false', () => {
  test('is not set next to privileged: true, because the API refuses both together', () => {
    const object = deployment({ containers: [container('app', { privileged: true })] })
    harden([object], { containers: { app: { privileged: true, reason: 'because' } } })
    expect(contextOf(object)).not.toHaveProperty('allowPrivilegeEscalation')
    expect(contextOf(object)).not.toHaveProperty('capabilities')
  })

  test('is removed if the policy makes a container privileged', () => {
    const object = deployment({ containers: [container('app', { allowPrivilegeEscalation: false })] })
    const app = { privileged: true, runAsUser: 1000, reason: 'because' }
    const findings = harden([object], { containers: { app } })
    expect(warnings(findings)).toContain(
      'replaced-by-policy spec.containers[0].securityContext.allowPrivilegeEscalation',
    )
    expect(contextOf(object)).not.toHaveProperty('allowPrivilegeEscalation')
  })

  test('is not set next to CAP_SYS_ADMIN in that spelling', () => {
    const object = deployment({ containers: [container('app', { capabilities: { add: ['CAP_SYS_ADMIN'] } })] })
    const exceptions = { cart: { capabilities: 'because' } }
    expect(errors(harden([object], { exceptions, workloads: { cart: { runAsUser: 'off' } } }))).toEqual([])
    expect(contextOf(object)).not.toHaveProperty('allowPrivilegeEscalation')
  })

  test('an explicit true next to privileged: true is reported as privileged only', () => {
    const object = deployment({ containers: [container('app', { privileged: true, allowPrivilegeEscalation: true })] })
    expect(harden([object]).map(({ tags }) => tags?.check)).toEqual(['privileged'])
  })
})

describe('annotations', () => {
  const of = (annotations: Record<string, string>) => restricted({ annotations })

  test('count on the pod template, not on the workload', () => {
    const object = restricted()
    object.metadata.annotations = { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' }
    expect(harden([object])).toEqual([])
  })

  test('an unconfined AppArmor annotation is removed, even for a container that does not exist', () => {
    const object = of({ 'container.apparmor.security.beta.kubernetes.io/gone': 'unconfined', team: 'shop' })
    expect(warnings(harden([object]))).toEqual([
      'app-armor-profile metadata.annotations["container.apparmor.security.beta.kubernetes.io/gone"]',
    ])
    expect(object).toHaveProperty('spec.template.metadata.annotations', { team: 'shop' })
  })

  test('an annotation that is null counts as absent', () => {
    const object = restricted({ annotations: { 'container.apparmor.security.beta.kubernetes.io/app': null } })
    expect(harden([object])).toEqual([])
  })

  test('that contradict a field are removed when the field is set', () => {
    const object = deployment({}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' })
    expect(warnings(harden([object]))).toEqual([
      'stale-annotation metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]',
    ])
    expect(object).toHaveProperty('spec.template.metadata', {})
  })

  test('of AppArmor are removed with the field of their container', () => {
    const object = restricted({
      annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'localhost/cart' },
      app: { appArmorProfile: { type: 'Unconfined' } },
    })
    harden([object])
    expect(object).not.toHaveProperty('spec.template.metadata.annotations')
  })

  test('of AppArmor stay if the pod has the field, because they take precedence over it', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/app': 'localhost/cart' }
    const object = restricted({ annotations, pod: { appArmorProfile: { type: 'Unconfined' } } })
    harden([object])
    expect(object).toHaveProperty('spec.template.metadata.annotations', annotations)
    expect(specOf(object).securityContext).toMatchObject({ appArmorProfile: { type: 'RuntimeDefault' } })
  })

  test('stay if the field was set before', () => {
    const annotations = { 'container.seccomp.security.alpha.kubernetes.io/app': 'runtime/default' }
    const object = of(annotations)
    harden([object])
    expect(object).toHaveProperty('spec.template.metadata.annotations', annotations)
  })
})

describe('Windows', () => {
  test('gets nothing but runAsNonRoot', () => {
    const object = deployment({ os: { name: 'windows' } })
    expect(harden([object])).toEqual([])
    expect(contextOf(object)).toEqual({ runAsNonRoot: true })
    expect(specOf(object)).not.toHaveProperty('securityContext')
  })

  test('gets nothing from the policy, with a warning', () => {
    const object = deployment({ os: { name: 'windows' } })
    expect(warnings(harden([object], { containers: { app: { runAsUser: 1000, writable: ['/tmp'] } } }))).toEqual([
      'no-effect-on-windows spec.containers[0].securityContext',
    ])
    expect(contextOf(object)).toEqual({ runAsNonRoot: true })
  })

  test('nodes without os.name: a warning, and no read-only root file system', () => {
    const object = deployment({ nodeSelector: { 'kubernetes.io/os': 'windows' } })
    expect(warnings(harden([object]))).toEqual(['undeclared-windows spec.os'])
    expect(contextOf(object)).not.toHaveProperty('readOnlyRootFilesystem')
  })
})

describe('types', () => {
  test.each<[string, unknown]>([
    ['privileged', 'true'],
    ['runAsUser', '1000'],
    ['runAsUser', 1.5],
    ['capabilities', ['ALL']],
    ['procMount', true],
  ])('%s: %j', (field, value) => {
    const object = deployment({ containers: [container('app', { [field]: value })] })
    const before = structuredClone(object)
    expect(errors(harden([object]))).toEqual([`mistyped spec.containers[0].securityContext.${field}`])
    expect(object).toEqual(before)
  })

  test('a string in hostNetwork is refused', () => {
    expect(errors(harden([deployment({ hostNetwork: 'no' })]))).toEqual(['mistyped spec.hostNetwork'])
  })

  test('a null in a list is refused', () => {
    expect(
      errors(harden([deployment({ containers: [container('app', { capabilities: { drop: [null] } })] })])),
    ).toEqual(['mistyped spec.containers[0].securityContext.capabilities.drop[0]'])
  })
})

test('a volume with an allowed source and a hostPath passes admission, but the API refuses it', () => {
  const volumes = [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }]
  expect(level(restricted({ spec: { volumes } }))).toBe('restricted')
  expect(errors(harden([restricted({ spec: { volumes } })]))).toEqual(['several-volume-sources spec.volumes[0]'])
})

test('ephemeral containers are hardened too, with a warning', () => {
  const object = deployment({ ephemeralContainers: [container('debug')] })
  expect(warnings(harden([object]))).toEqual(['ephemeral-containers spec.ephemeralContainers'])
  expect(specOf(object).ephemeralContainers).toEqual([container('debug', RESTRICTED)])
})

test('containers whose securityContext is one and the same object are told apart', () => {
  const shared = { allowPrivilegeEscalation: false }
  const object = deployment({ containers: [container('app', shared), container('other', shared)] })
  harden([object], { containers: { other: { runAsUser: 1000 } } })
  expect([contextOf(object).runAsUser, contextOf(object, 1).runAsUser]).toEqual([65532, 1000])
})

describe('a placeholder in a field that Pod Security judges', () => {
  const hostNetwork = (value: string) => deployment({ hostNetwork: value })
  const allowed = { exceptions: { cart: { hostNamespaces: 'because' } } }

  test.each(['$(HOST_NETWORK)', '${HOST_NETWORK}', '${HOST_NETWORK:=false}', '${HOST_NETWORK:=true}'])(
    '%s is refused without an entry that gives a reason',
    (value) => {
      const object = hostNetwork(value)
      expect(errors(harden([object]))).toEqual(['host-namespaces spec.hostNetwork'])
      expect(specOf(object).hostNetwork).toBe(value)
      expect(warnings(harden([object], allowed))).toEqual(['host-namespaces spec.hostNetwork'])
      expect(specOf(object).hostNetwork).toBe(value)
    },
  )

  test.each([
    ['$(HOST_NETWORK)', 'restricted'],
    ['${HOST_NETWORK}', 'restricted'],
    ['${HOST_NETWORK:=false}', 'restricted'],
    ['${HOST_NETWORK:-no}', 'restricted'],
    ['${HOST_NETWORK:=}', 'restricted'],
    ['${HOST_NETWORK:=true}', 'privileged'],
    ['${HOST_NETWORK:-yes}', 'privileged'],
    ['${HOST_NETWORK=on}', 'privileged'],
  ])('%s: its default counts as its value, so its namespace enforces %s', (value, expected) => {
    const object = hostNetwork(value)
    harden([object], allowed)
    expect(level(object)).toBe(expected)
  })

  test.each<[string, Fields]>([
    ['a user', { runAsUser: '${CART_USER:=0}' }],
    ['a quoted user', { runAsUser: '${CART_USER:="0"}' }],
    ['an added capability', { capabilities: { drop: ['ALL'], add: ['${CAPABILITY:=CHOWN}'] } }],
    ['a drop', { capabilities: { drop: ['${DROP:=NET_RAW}'] } }],
    ['a profile', { seccompProfile: { type: '${PROFILE:=Unconfined}' } }],
    ['privilege', { privileged: '${PRIVILEGED:=true}' }],
  ])('%s with a bad default is refused, and lowers the level', (_, securityContext) => {
    const object = restricted({ app: securityContext })
    expect(errors(harden([object]))).toHaveLength(1)
    expect(level(object)).not.toBe('restricted')
  })

  test('in a list it is not replaced with the list', () => {
    const object = restricted({ app: { capabilities: { drop: ['$(DROP)'] } } })
    expect(errors(harden([object]))).toEqual(['capabilities spec.containers[0].securityContext.capabilities.drop[0]'])
    const findings = harden([object], { exceptions: { cart: { capabilities: 'because' } } })
    expect(warnings(findings)).toEqual(['capabilities spec.containers[0].securityContext.capabilities.drop[0]'])
    expect(contextOf(object).capabilities).toEqual({ drop: ['$(DROP)'] })
    expect(level(object)).toBe('restricted')
  })

  test('is left alone by an entry of its container that omits the field', () => {
    const object = restricted({ app: { runAsNonRoot: '${STRICT}' } })
    const containers = { app: { omit: ['runAsNonRoot'], reason: 'because' } }
    expect(warnings(harden([object], { containers }))).toEqual([
      'run-as-non-root spec.containers[0].securityContext.runAsNonRoot',
    ])
  })

  test('in the middle of a text makes it a value of the wrong type', () => {
    expect(errors(harden([deployment({ hostNetwork: 'tr${UE}' })]))).toEqual(['mistyped spec.hostNetwork'])
  })

  test('a root file system that may be writable is a warning', () => {
    const object = restricted({ app: { readOnlyRootFilesystem: '${READ_ONLY:=false}' } })
    expect(warnings(harden([object]))).toEqual([
      'writable-root spec.containers[0].securityContext.readOnlyRootFilesystem',
    ])
  })
})
