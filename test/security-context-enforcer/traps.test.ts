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

// Where a field that looks harmless to set or remove would break the pod.

describe('root', () => {
  test('runAsUser: 0 of a container counts before the user of its pod, and is not removed', () => {
    const object = restricted({ pod: { runAsUser: 1000 }, app: { runAsUser: 0 } })
    expect(errors(harden([object]))).toEqual([
      'spec.template.spec.containers[0].securityContext.runAsUser: found 0, expected a user other than root; name a user that may read what the image holds; or set runAsUser, or omit: [runAsUser, runAsNonRoot] and a reason, in containers.cart/app',
    ])
    expect(contextOf(object).runAsUser).toBe(0)
  })

  test('the user of the pod is not overridden by the default', () => {
    const object = deployment({ securityContext: { runAsUser: 1000, runAsNonRoot: true } })
    harden([object])
    expect(contextOf(object)).not.toHaveProperty('runAsUser')
    expect(contextOf(object)).not.toHaveProperty('runAsNonRoot')
  })

  test('runAsNonRoot: true is not put beside a root user that is allowed: the container would never start', () => {
    const object = deployment({ containers: [container('app', { runAsUser: 0 })] })
    expect(errors(harden([object], { exceptions: { cart: { runAsUser: 'because' } } }))).toEqual([])
    expect(contextOf(object)).not.toHaveProperty('runAsNonRoot')
  })

  test('in a user namespace of its own it is legal from 1.35, and stays as it is', () => {
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
  test('is not put beside privileged: true, with which the API refuses it', () => {
    const object = deployment({ containers: [container('app', { privileged: true })] })
    harden([object], { containers: { app: { privileged: true, reason: 'because' } } })
    expect(contextOf(object)).not.toHaveProperty('allowPrivilegeEscalation')
    expect(contextOf(object)).not.toHaveProperty('capabilities')
  })

  test('goes where the configuration makes a container privileged', () => {
    const object = deployment({ containers: [container('app', { allowPrivilegeEscalation: false })] })
    const findings = harden([object], { containers: { app: { privileged: true, reason: 'because' } } })
    expect(warnings(findings)).toContain(
      'spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: found false, removed, as containers says',
    )
    expect(contextOf(object)).not.toHaveProperty('allowPrivilegeEscalation')
  })

  test('nor beside CAP_SYS_ADMIN spelt so', () => {
    const object = deployment({ containers: [container('app', { capabilities: { add: ['CAP_SYS_ADMIN'] } })] })
    expect(errors(harden([object], { exceptions: { cart: { capabilities: 'because' } } }))).toEqual([])
    expect(contextOf(object)).not.toHaveProperty('allowPrivilegeEscalation')
  })

  test('an explicit true beside privileged: true is reported as privileged only', () => {
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

  test('an unconfined AppArmor annotation goes, of a container that is not there too', () => {
    const object = of({ 'container.apparmor.security.beta.kubernetes.io/gone': 'unconfined', team: 'shop' })
    expect(warnings(harden([object]))).toEqual([
      'spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/gone"]: found "unconfined", expected runtime/default or localhost/…; removed',
    ])
    expect(object).toHaveProperty('spec.template.metadata.annotations', { team: 'shop' })
  })

  test('null is no annotation', () => {
    const object = restricted({ annotations: { 'container.apparmor.security.beta.kubernetes.io/app': null } })
    expect(harden([object])).toEqual([])
  })

  test('that say what a field says go when the field is set', () => {
    const object = deployment({}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' })
    expect(warnings(harden([object]))).toEqual([
      'spec.template.metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]: found "unconfined", removed, since the field in its place is set now',
    ])
    expect(object).toHaveProperty('spec.template.metadata', {})
  })

  test('of AppArmor go with the field of their container', () => {
    const object = restricted({
      annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'localhost/cart' },
      app: { appArmorProfile: { type: 'Unconfined' } },
    })
    harden([object])
    expect(object).not.toHaveProperty('spec.template.metadata.annotations')
  })

  test('of AppArmor stay where the pod has the field, before which they count', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/app': 'localhost/cart' }
    const object = restricted({ annotations, pod: { appArmorProfile: { type: 'Unconfined' } } })
    harden([object])
    expect(object).toHaveProperty('spec.template.metadata.annotations', annotations)
    expect(specOf(object).securityContext).toMatchObject({ appArmorProfile: { type: 'RuntimeDefault' } })
  })

  test('stay where the field was there before', () => {
    const annotations = { 'container.seccomp.security.alpha.kubernetes.io/app': 'runtime/default' }
    const object = of(annotations)
    harden([object])
    expect(object).toHaveProperty('spec.template.metadata.annotations', annotations)
  })
})

describe('Windows', () => {
  test('takes nothing but runAsNonRoot', () => {
    const object = deployment({ os: { name: 'windows' } })
    expect(harden([object])).toEqual([])
    expect(contextOf(object)).toEqual({ runAsNonRoot: true })
    expect(specOf(object)).not.toHaveProperty('securityContext')
  })

  test('takes nothing from the configuration, which is said', () => {
    const object = deployment({ os: { name: 'windows' } })
    expect(warnings(harden([object], { containers: { app: { runAsUser: 1000, writable: ['/tmp'] } } }))).toEqual([
      'spec.template.spec.containers[0].securityContext: the pod declares Windows, where the API refuses what containers says of this container; nothing is set',
    ])
    expect(contextOf(object)).toEqual({ runAsNonRoot: true })
  })

  test('nodes without os.name: a warning, and no read-only root file system', () => {
    const object = deployment({ nodeSelector: { 'kubernetes.io/os': 'windows' } })
    expect(warnings(harden([object]))).toEqual([
      'spec.template.spec.os: selects Windows nodes without declaring it, which exempts from nothing; set os.name: windows',
    ])
    expect(contextOf(object)).not.toHaveProperty('readOnlyRootFilesystem')
  })
})

describe('types', () => {
  test.each<[string, unknown, string]>([
    ['privileged', 'true', 'found "true", expected a boolean, or the API refuses it; remove the quotes'],
    ['runAsUser', '1000', 'found "1000", expected a whole number, or the API refuses it; remove the quotes'],
    ['runAsUser', 1.5, 'found 1.5, expected a whole number, or the API refuses it'],
    ['capabilities', ['ALL'], 'found ["ALL"], expected a map, or the API refuses it'],
    ['procMount', true, 'found true, expected a string, or the API refuses it'],
  ])('%s: %j', (field, value, message) => {
    const object = deployment({ containers: [container('app', { [field]: value })] })
    const before = structuredClone(object)
    expect(errors(harden([object]))).toEqual([`spec.template.spec.containers[0].securityContext.${field}: ${message}`])
    expect(object).toEqual(before)
  })

  test('a quoted hostNetwork is no hostNetwork', () => {
    expect(errors(harden([deployment({ hostNetwork: 'no' })]))).toEqual([
      'spec.template.spec.hostNetwork: found "no", expected a boolean, or the API refuses it',
    ])
  })

  test('a list with nothing in it', () => {
    expect(
      errors(harden([deployment({ containers: [container('app', { capabilities: { drop: [null] } })] })])),
    ).toEqual([
      'spec.template.spec.containers[0].securityContext.capabilities.drop[0]: found null, expected an item, or the API refuses it',
    ])
  })
})

test('a volume with an allowed source and a hostPath passes admission, and not the API', () => {
  const volumes = [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }]
  expect(level(restricted({ spec: { volumes } }))).toBe('restricted')
  expect(errors(harden([restricted({ spec: { volumes } })]))).toEqual([
    'spec.template.spec.volumes[0]: found ["emptyDir","hostPath"], expected one source, or the API refuses it',
  ])
})

test('ephemeral containers are hardened alike, and said to be out of place', () => {
  const object = deployment({ ephemeralContainers: [container('debug')] })
  expect(warnings(harden([object]))).toEqual([
    'spec.template.spec.ephemeralContainers: cannot be applied: the API takes ephemeral containers through their subresource only; remove them',
  ])
  expect(specOf(object).ephemeralContainers).toEqual([container('debug', RESTRICTED)])
})

test('containers whose securityContext is one and the same object are told apart', () => {
  const shared = { allowPrivilegeEscalation: false }
  const object = deployment({ containers: [container('app', shared), container('other', shared)] })
  harden([object], { containers: { other: { runAsUser: 1000 } } })
  expect([contextOf(object).runAsUser, contextOf(object, 1).runAsUser]).toEqual([65532, 1000])
})

test('a placeholder is neither judged nor lost, and does not loosen the label', () => {
  const object = deployment({
    hostNetwork: '$(HOST_NETWORK)',
    containers: [container('app', { runAsNonRoot: '$(STRICT)' })],
  })
  expect(warnings(harden([object]))).toEqual([
    'spec.template.spec.hostNetwork: found "$(HOST_NETWORK)", expected false; left as it is, since only its substitution can tell',
    'spec.template.spec.containers[0].securityContext.runAsNonRoot: found "$(STRICT)", expected true; left as it is, since only its substitution can tell',
  ])
  expect(level(object)).toBe('restricted')
})

test('a placeholder in a list is not replaced with the list', () => {
  const object = restricted({ app: { capabilities: { drop: ['$(DROP)'] } } })
  expect(warnings(harden([object]))).toEqual([
    'spec.template.spec.containers[0].securityContext.capabilities.drop[0]: found "$(DROP)", expected ALL; left as it is, since only its substitution can tell',
  ])
  expect(contextOf(object).capabilities).toEqual({ drop: ['$(DROP)'] })
  expect(level(object)).toBe('restricted')
})
