import { BoundAccounts } from '../../functions/lib/kubernetes/bound-accounts.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { needsOfRoot } from '../../functions/security-context-enforcer/pod/commands.ts'
import { devicesOf } from '../../functions/security-context-enforcer/pod/devices.ts'
import { lowPorts } from '../../functions/security-context-enforcer/pod/low-ports.ts'
import { containerView } from '../../functions/security-context-enforcer/pod/view.ts'
import { isPersistent, mountsOf, shutsOthersOut } from '../../functions/security-context-enforcer/pod/volumes.ts'
import { container, contextOf, deployment, errors, harden, specOf, view, warnings } from './harden.ts'

// What the function reads of one pod, and what it takes it for.

const app = (fields: Fields) => containerView({ name: 'app', ...fields }, [])

describe('what a program needs', () => {
  test.each<[string[], string[], boolean]>([
    [['chown', 'chgrp'], ['CHOWN'], false],
    [['su', 'gosu', 'su-exec', 'runuser', 'setpriv'], ['SETUID', 'SETGID'], false],
    [['apk', 'apt', 'apt-get', 'dnf', 'microdnf', 'yum', 'zypper'], [], true],
    [['addgroup', 'adduser', 'groupadd', 'useradd', 'usermod'], [], true],
  ])('%j: %j', (programs, capabilities, changesImage) => {
    for (const program of programs)
      expect(needsOfRoot(app({ command: [program] }))).toEqual([{ program, capabilities, changesImage }])
  })

  test('is found behind several spaces, and next to what is no text', () => {
    const names = (command: unknown[]) => needsOfRoot(app({ command })).map(({ program }) => program)
    expect(names(['sh', '-c', 'if true; then  chown 1 /a; fi'])).toEqual(['chown'])
    expect(names(['chown', {}, 7, null])).toEqual(['chown'])
  })
})

describe('devices', () => {
  const limits = (...names: string[]) =>
    devicesOf(app({ resources: { limits: Object.fromEntries(names.map((name) => [name, 1])) } }))

  test('are the resources of every domain but that of Kubernetes and that of NVIDIA', () => {
    expect(limits('kubernetes.io/a', 'example.kubernetes.io/a', 'nvidia.com/gpu', 'cpu')).toEqual([])
    const others = [
      'kubernetes.io.example.com/a',
      'my-kubernetes.io/a',
      'my-nvidia.com/gpu',
      'nvidia.com.example.com/gpu',
    ]
    expect(limits(...others)).toEqual(others)
  })

  test('are called by their claims and volumes', () => {
    expect(devicesOf(app({ resources: { claims: [{ name: 'gpu' }] }, volumeDevices: [{ name: 'a' }] }))).toEqual([
      'claim gpu',
      'block volume a',
    ])
  })
})

describe('low ports', () => {
  const ports = (...list: unknown[]) =>
    app({ ports: list.map((port) => (port === null ? null : { containerPort: port })) })
  const sysctl = (name: string, value: string) => view(deployment({ securityContext: { sysctls: [{ name, value }] } }))
  const START = 'net.ipv4.ip_unprivileged_port_start'

  test('are the numbers below 1024 but 0, ascending', () => {
    expect(lowPorts(ports(8080, 443, 80, 0, -1, '25', null), view(deployment()))).toEqual([80, 443])
    expect(lowPorts(app({}), view(deployment()))).toEqual([])
  })

  test.each<[string, string, number[]]>([
    [START, '443', [80]],
    [START, '0', []],
    [START, 'x0', [80, 443]],
    [START, '0x', [80, 443]],
    ['net.core.somaxconn', '0', [80, 443]],
  ])('of a pod with the sysctl %s: %s', (name, value, expected) => {
    expect(lowPorts(ports(80, 443), sysctl(name, value))).toEqual(expected)
  })
})

describe('mounts', () => {
  const mount = (source: Fields) => {
    const pod = view(deployment({ volumes: [{ name: 'a', ...source }] }))
    const [first] = mountsOf(app({ volumeMounts: [null, { name: 'a' }] }), pod)
    if (!first) throw new Error('no mount')
    return first
  }

  test('have no path where they say none, and the type and source of their volume', () => {
    expect(mount({ configMap: null, secret: { secretName: 'a' } })).toEqual({
      volume: 'a',
      mountPath: '',
      type: 'secret',
      source: { secretName: 'a' },
      isReadOnly: false,
    })
  })

  test('of a claim template are those of a claim, whatever the volume of that name', () => {
    const object = { ...deployment({ volumes: [{ name: 'a', emptyDir: {} }] }) }
    object.spec = { ...(object.spec as Fields), volumeClaimTemplates: [{ metadata: { name: 'a' } }] }
    expect(mountsOf(app({ volumeMounts: [{ name: 'a' }] }), view(object))).toMatchObject([
      { type: 'volumeClaimTemplate', source: {} },
    ])
  })

  test.each(['configMap', 'secret', 'downwardAPI', 'projected', 'image', 'emptyDir', 'hostPath'])(
    'of type %s hold nothing persistent',
    (type) => {
      expect(isPersistent(mount({ [type]: {} }))).toBe(false)
    },
  )

  test.each<[string, Fields, boolean]>([
    ['a ConfigMap', { configMap: { defaultMode: 0o440 } }, true],
    ['a Secret', { secret: { defaultMode: 0o400 } }, true],
    ['the downward API', { downwardAPI: { defaultMode: 0o400 } }, true],
    ['a part of a projected volume', { projected: { defaultMode: 0o400, sources: [null, { secret: {} }] } }, true],
    ['a mode of one item', { secret: { items: [null, { mode: 0o444 }, { mode: 0o400 }] } }, true],
    ['a mode that others may read', { secret: { defaultMode: 0o444 } }, false],
    ['no mode', { secret: {} }, false],
    ['a part that is null', { projected: { defaultMode: 0o400, sources: [{ secret: null }] } }, false],
    ['no parts', { projected: { defaultMode: 0o400 } }, false],
    ['a volume whose files have no mode', { emptyDir: { defaultMode: 0o400 } }, false],
  ])('shut others out, or not: %s', (_, source, expected) => {
    expect(shutsOthersOut(mount(source))).toBe(expected)
  })
})

describe('types', () => {
  test.each<[string, Fields]>([
    ['hostUsers', { hostUsers: 'false' }],
    ['os.name', { os: { name: 7 } }],
    ['nodeSelector["kubernetes.io/os"]', { nodeSelector: { 'kubernetes.io/os': 7 } }],
    ['volumes[0].name', { volumes: [{ name: 7 }] }],
    ['volumes[0].configMap.defaultMode', { volumes: [{ name: 'a', configMap: { defaultMode: '0400' } }] }],
    ['volumes[0].secret.items[0].mode', { volumes: [{ name: 'a', secret: { items: [{ mode: '0400' }] } }] }],
    [
      'volumes[0].projected.sources[0].downwardAPI.defaultMode',
      { volumes: [{ name: 'a', projected: { sources: [{ downwardAPI: { defaultMode: '0400' } }] } }] },
    ],
  ])('of spec.%s', (path, spec) => {
    expect(errors(harden([deployment(spec)]))).toEqual([`mistyped spec.${path}`])
  })

  test('of an annotation that stands for a field', () => {
    const annotation = 'seccomp.security.alpha.kubernetes.io/pod'
    expect(errors(harden([deployment({}, { [annotation]: 7 })]))).toEqual([
      `mistyped metadata.annotations["${annotation}"]`,
    ])
  })
})

describe('Windows', () => {
  const affinity = (...nodeSelectorTerms: Fields[]): Fields => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  })
  const OS = { key: 'kubernetes.io/os', operator: 'In', values: ['windows'] }

  test('is not what a pod declares that names another system', () => {
    const object = deployment({ os: { name: 'linux' } })
    harden([object])
    expect(contextOf(object)).toMatchObject({ allowPrivilegeEscalation: false })
  })

  test.each<[string, Fields]>([
    ['no terms', affinity()],
    ['another key', affinity({ matchExpressions: [{ ...OS, key: 'example.com/os' }] })],
    ['another operator', affinity({ matchExpressions: [{ ...OS, operator: 'NotIn' }] })],
    ['no list of values', affinity({ matchExpressions: [{ ...OS, values: 'windows' }] })],
    ['no list of expressions', affinity({ matchExpressions: 'windows' })],
  ])('is not selected by %s', (_, spec) => {
    expect(warnings(harden([deployment(spec)]))).toEqual([])
  })

  test('is selected next to an expression that is none', () => {
    const object = deployment(affinity({ matchExpressions: [null, OS] }))
    expect(warnings(harden([object]))).toEqual(['undeclared-windows spec.os'])
  })

  test('gets no volumes for the paths that the policy wants writable', () => {
    const object = deployment({ os: { name: 'windows' } })
    harden([object], { containers: { app: { writable: ['/tmp'] } } })
    expect(specOf(object)).not.toHaveProperty('volumes')
  })
})

test('annotations that nothing was removed from stay, empty or not', () => {
  const object = deployment({}, {})
  harden([object])
  expect(object.spec).toMatchObject({ template: { metadata: { annotations: {} } } })
})

describe('a subject of a binding', () => {
  const binding = (subjects: unknown, namespace?: string): KubernetesObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'cart', ...(namespace && { namespace }) },
    subjects,
  })
  const isBound = (subject: unknown, namespace = 'shop') =>
    new BoundAccounts([binding([null, subject])]).has('cart', namespace)

  test.each<[string, Fields]>([
    ['a user with the name of the account', { kind: 'User', name: 'cart', namespace: 'shop' }],
    ['a group with the name of the user', { kind: 'Group', name: 'system:serviceaccount:shop:cart' }],
    ['an account with the name of the group', { kind: 'ServiceAccount', name: 'system:serviceaccounts' }],
    ['a user with more in front', { kind: 'User', name: 'my:system:serviceaccount:shop:cart' }],
    ['a user with more behind', { kind: 'User', name: 'system:serviceaccount:shop:cart:x' }],
    ['a user of another namespace', { kind: 'User', name: 'system:serviceaccount:web:cart' }],
  ])('is not the account: %s', (_, subject) => {
    expect(isBound(subject)).toBe(false)
  })

  test('without any namespace is the account of objects without one', () => {
    expect(isBound({ kind: 'ServiceAccount', name: 'cart' }, '')).toBe(true)
  })
})

describe('a token', () => {
  const account = (name: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'shop' },
    automountServiceAccountToken: false,
  })

  test('is not mounted if its account is one of several that say so', () => {
    const object = deployment({ serviceAccountName: 'cart' })
    harden([account('search'), account('cart'), account('web'), object])
    expect(specOf(object).automountServiceAccountToken).toBe(false)
  })

  test('is bound in a namespace that the workload had before', () => {
    const object = deployment({ serviceAccountName: 'cart' })
    object.metadata.annotations = { 'internal.config.kubernetes.io/previousNamespaces': 'before' }
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'cart', namespace: 'before' },
      subjects: [{ kind: 'ServiceAccount', name: 'cart' }],
    }
    harden([binding, object], { automountServiceAccountToken: 'bound' })
    expect(specOf(object).automountServiceAccountToken).toBe(true)
  })
})

describe('a writable path', () => {
  const mounting = (writable: string[], volumeMounts: Fields[] = [], volumes: Fields[] = []) => {
    const object = deployment({ containers: [container('app', undefined, { volumeMounts })], volumes })
    const found = errors(harden([object], { containers: { app: { writable } } }))
    return { found, names: (specOf(object).volumes as Fields[]).map(({ name }) => name) }
  }

  test('that ends with slashes has a mount without them', () => {
    expect(mounting(['/data'], [{ name: 'a', mountPath: '/data//' }]).names).toEqual([])
  })

  test.each<[string, string]>([
    ['/a._b', 'app-a-b'],
    ['/data/', 'app-data'],
    [`/${'x'.repeat(58)}/y`, `app-${'x'.repeat(58)}`],
  ])('%s gives its volume the name %s', (path, name) => {
    expect(mounting([path]).names).toEqual([name])
  })

  test('is not below a mount that has no path', () => {
    const { found, names } = mounting(['/tmp'], [{ name: 'a', mountPath: '' }], [{ name: 'a', configMap: {} }])
    expect({ found, names }).toEqual({ found: [], names: ['a', 'app-tmp'] })
  })
})
