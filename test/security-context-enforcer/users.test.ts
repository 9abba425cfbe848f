import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { container, contextOf, deployment, errors, harden, RESTRICTED, specOf, warnings } from './harden.ts'

const USER = 'spec.containers[0].securityContext.runAsUser'
const mounting = (source: Fields, mount: Fields = {}, securityContext?: Fields): KubernetesObject =>
  deployment({
    containers: [container('app', securityContext, { volumeMounts: [{ name: 'data', mountPath: '/data', ...mount }] })],
    volumes: [{ name: 'data', ...source }],
  })
const claim = { persistentVolumeClaim: { claimName: 'data' } }
const hostPath = { hostPath: { path: '/var/lib/cart' } }
const hostPaths = { exceptions: { cart: { hostPathVolumes: 'because' } } }
const statefulSet = (pod: Fields = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    template: {
      spec: {
        containers: [container('app', undefined, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
        ...pod,
      },
    },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
  },
})
const user = (object: KubernetesObject): unknown => contextOf(object).runAsUser

describe('no user is filled in', () => {
  test.each<[string, Fields]>([
    ['off for everything', { runAsUser: 'off' }],
    ['off for a workload', { workloads: { cart: { runAsUser: 'off' } } }],
    ['off for a workload by kind', { workloads: { 'Deployment/cart': { runAsUser: false } } }],
    ['off for a container', { containers: { 'cart/app': { runAsUser: 'off' } } }],
    ['the exact entry takes precedence', { runAsUser: 1000, containers: { app: { runAsUser: 'off' } } }],
  ])('%s', (_, spec) => {
    const object = deployment()
    expect(harden([object], spec)).toEqual([])
    const { runAsUser: _user, ...rest } = RESTRICTED
    expect(contextOf(object)).toEqual(rest)
  })

  test.each<[string, Fields]>([
    ['the pod', { securityContext: { runAsNonRoot: true } }],
    ['the container', { containers: [container('app', { runAsNonRoot: true })] }],
  ])('where %s says runAsNonRoot and leaves the user to the image', (_, spec) => {
    const object = deployment(spec)
    expect(harden([object])).toEqual([])
    expect(user(object)).toBeUndefined()
  })

  test('where the image chooses, unless the policy names a user for the workload', () => {
    const object = deployment({ securityContext: { runAsNonRoot: true } })
    expect(harden([object], { workloads: { cart: { runAsUser: 999 } } })).toEqual([])
    expect(user(object)).toBe(999)
  })

  test('except where runAsNonRoot: false of the manifest is overridden', () => {
    const object = deployment({ containers: [container('app', { runAsNonRoot: false })] })
    harden([object])
    expect(user(object)).toBe(65532)
  })

  test('and an explicit user stays, whatever is off', () => {
    const object = deployment({ containers: [container('app', { runAsUser: 1000 })] })
    expect(harden([object], { runAsUser: 'off', containers: { app: { runAsUser: 'off' } } })).toEqual([])
    expect(user(object)).toBe(1000)
  })
})

describe('a user that nobody chose is refused', () => {
  const privileged = { privileged: true, reason: 'because' }
  const netAdmin = { addCapabilities: ['NET_ADMIN'], reason: 'because' }

  const refused: [string, () => KubernetesObject, Fields, string][] = [
    [
      'in a privileged container',
      () => deployment(),
      { containers: { app: privileged } },
      'user-of-privileged-container',
    ],
    ['with added capabilities', () => deployment(), { containers: { app: netAdmin } }, 'user-with-capabilities'],
    [
      'with added capabilities of the manifest',
      () => deployment({ containers: [container('app', { capabilities: { add: ['CHOWN'] } })] }),
      { exceptions: { cart: { capabilities: 'because' } } },
      'user-with-capabilities',
    ],
    ['at a hostPath', () => mounting(hostPath), hostPaths, 'user-of-host-path'],
    [
      'at a socket of the node, however it is mounted',
      () => mounting({ hostPath: { path: '/run/cart.sock', type: 'Socket' } }, { readOnly: true }),
      hostPaths,
      'user-of-host-path',
    ],
  ]
  test.each(refused)('%s, and nothing is changed', (_, object, spec, id) => {
    const it = object()
    const before = structuredClone(it)
    expect(errors(harden([it], spec))).toEqual([`${id} ${USER}`])
    expect(it).toEqual(before)
  })

  test.each(refused)('%s, unless somebody chose a user', (_, object, spec) => {
    for (const runAsUser of [999, 'off'])
      expect(errors(harden([object()], { ...spec, workloads: { cart: { runAsUser } } }))).toEqual([])
  })

  test.each(refused)('%s, unless the policy gives the answer that the message names', (_, object, spec) => {
    const it = object()
    const { app } = (spec.containers ?? {}) as { app?: Fields }
    const containers = { app: { ...app, omit: ['runAsUser', 'runAsNonRoot'], reason: 'because' } }
    expect(errors(harden([it], { ...spec, containers }))).toEqual([])
    expect([user(it), contextOf(it).runAsNonRoot]).toEqual([undefined, undefined])
  })

  test.each<[string, Fields]>([
    ['an explicit user', { runAsUser: 1000 }],
    ['runAsNonRoot, which leaves it to the image', { runAsNonRoot: true }],
  ])('not with %s', (_, securityContext) => {
    const object = deployment({ containers: [container('app', securityContext)] })
    expect(errors(harden([object], { containers: { app: privileged } }))).toEqual([])
  })

  test('unless its cause is refused already', () => {
    const object = deployment({
      containers: [container('app', { privileged: true }), container('other', { capabilities: { add: ['CHOWN'] } })],
    })
    expect(errors(harden([object]))).toEqual([
      'privileged spec.containers[0].securityContext.privileged',
      'capabilities spec.containers[1].securityContext.capabilities.add[0]',
    ])
    expect(errors(harden([mounting(hostPath)]))).toEqual(['host-path-volumes spec.volumes[0].hostPath'])
  })

  test('but not at level baseline, which fills nothing in', () => {
    expect(errors(harden([deployment()], { level: 'baseline', containers: { app: privileged } }))).toEqual([])
  })

  test('but not because of a hostPath that no container mounts', () => {
    const object = deployment({ volumes: [{ name: 'data', ...hostPath }] })
    expect(errors(harden([object], hostPaths))).toEqual([])
  })
})

describe('ContainerAdministrator of Windows is refused', () => {
  const windows = (pod: string | undefined, app: string | undefined): KubernetesObject =>
    deployment({
      os: { name: 'windows' },
      ...(pod && { securityContext: { windowsOptions: { runAsUserName: pod } } }),
      containers: [container('app', app && { windowsOptions: { runAsUserName: app } })],
    })
  const POD = 'windows-administrator spec.securityContext.windowsOptions.runAsUserName'
  const APP = 'windows-administrator spec.containers[0].securityContext.windowsOptions.runAsUserName'

  test.each<[string, string | undefined, string | undefined, string[]]>([
    ['of the pod', 'ContainerAdministrator', undefined, [POD]],
    ['of the container', undefined, 'ContainerAdministrator', [APP]],
    ['of the container in a pod with another', 'ContainerUser', 'ContainerAdministrator', [APP]],
    ['however it is spelled', 'containeradministrator', undefined, [POD]],
    ['with its domain', 'User Manager\\ContainerAdministrator', undefined, [POD]],
    ['with its domain, however that is spelled', undefined, 'user manager\\CONTAINERADMINISTRATOR', [APP]],
    ['and no user of a domain is', 'EXAMPLE\\ContainerAdministrator', undefined, []],
    ['not of a pod whose containers all name another', 'ContainerAdministrator', 'ContainerUser', []],
    ['and no other user is', 'ContainerUser', undefined, []],
  ])('%s', (_, pod, app, expected) => {
    expect(errors(harden([windows(pod, app)]))).toEqual(expected)
  })

  test('unless there is a reason, and then runAsNonRoot stays unset', () => {
    const object = windows('ContainerAdministrator', undefined)
    expect(errors(harden([object], { exceptions: { cart: { runAsNonRoot: 'because' } } }))).toEqual([])
    expect(contextOf(object)).not.toHaveProperty('runAsNonRoot')
  })
})

describe('a user that nobody chose is filled in with a warning', () => {
  const secret = (files: Fields) => mounting({ secret: { secretName: 'key', ...files } })
  test.each<[string, () => KubernetesObject, string[]]>([
    ['at a claim', () => mounting(claim), ['user-of-volume']],
    ['at a claim of a StatefulSet', () => statefulSet(), ['user-of-volume']],
    ['at an ephemeral claim', () => mounting({ ephemeral: { volumeClaimTemplate: {} } }), ['user-of-volume']],
    ['at a claim that it only reads: no', () => mounting(claim, { readOnly: true }), []],
    [
      'at a claim that is read-only: no',
      () => mounting({ persistentVolumeClaim: { claimName: 'a', readOnly: true } }),
      [],
    ],
    ['at an emptyDir: no', () => mounting({ emptyDir: {} }), []],
    ['at a volume without a source, which is an emptyDir: no', () => mounting({}), []],
    ['at a Secret that others may read: no', () => secret({}), []],
    ['at a Secret with mode 0440', () => secret({ defaultMode: 0o440 }), ['user-of-files']],
    ['at a Secret with mode 0444: no', () => secret({ defaultMode: 0o444 }), []],
    ['at a Secret with one item of mode 0400', () => secret({ items: [{ mode: 0o400 }] }), ['user-of-files']],
    [
      'at a Secret whose items all have another mode: no',
      () => secret({ defaultMode: 0o400, items: [{ mode: 0o444 }] }),
      [],
    ],
    [
      'at an item that takes the mode of its volume',
      () => secret({ defaultMode: 0o400, items: [{ mode: null }] }),
      ['user-of-files'],
    ],
    ['at a ConfigMap', () => mounting({ configMap: { name: 'a', defaultMode: 0o600 } }), ['user-of-files']],
    [
      'at a projected volume',
      () => mounting({ projected: { defaultMode: 0o400, sources: [{ secret: { name: 'a' } }] } }),
      ['user-of-files'],
    ],
    [
      'at an item of a projected volume',
      () => mounting({ projected: { sources: [{ secret: { items: [{ mode: 0o400 }] } }] } }),
      ['user-of-files'],
    ],
    [
      'with NET_BIND_SERVICE',
      () => deployment({ containers: [container('app', { capabilities: { add: ['NET_BIND_SERVICE'] } })] }),
      ['user-binds-low-port'],
    ],
  ])('%s', (_, object, expected) => {
    const it = object()
    const findings = harden([it])
    expect(errors(findings)).toEqual([])
    expect(warnings(findings)).toEqual(expected.map((id) => `${id} ${USER}`))
    expect(user(it)).toBe(65532)
  })

  test('if it only reads a path of the node', () => {
    const findings = harden([mounting(hostPath, { readOnly: true })], hostPaths)
    expect(errors(findings)).toEqual([])
    expect(warnings(findings)).toContain(`user-reads-host-path ${USER}`)
  })

  test('once for each volume, however often it is mounted', () => {
    const object = mounting(claim)
    const mounts = [
      { name: 'data', mountPath: '/a', readOnly: true },
      { name: 'data', mountPath: '/b' },
      { name: 'data', mountPath: '/c' },
    ]
    Object.assign((specOf(object).containers as Fields[])[0] ?? {}, { volumeMounts: mounts })
    expect(warnings(harden([object]))).toEqual([`user-of-volume ${USER}`])
  })

  test('that names the volume and the settings', () => {
    const [finding] = harden([statefulSet()])
    for (const part of ['65532', 'volume data', 'fsGroup', 'runAsUser', 'workloads.cart'])
      expect(finding?.message).toContain(part)
  })

  test.each<[string, Fields]>([
    ['a user for the workload', { workloads: { cart: { runAsUser: 65532 } } }],
    ['a user for the container', { containers: { app: { runAsUser: 65532 } } }],
    ['no user', { runAsUser: 'off' }],
    ['a group for the workload', { workloads: { cart: { fsGroup: 1000 } } }],
    ['a group for all', { fsGroup: 1000 }],
    ['volumes that need none', { fsGroup: 'off' }],
    ['volumes of the workload that need none', { workloads: { 'StatefulSet/cart': { fsGroup: 'off' } } }],
  ])('unless the policy has %s', (_, spec) => {
    expect(warnings(harden([statefulSet()], spec))).toEqual([])
  })

  test('unless the pod has a group or a user', () => {
    expect(warnings(harden([statefulSet({ securityContext: { fsGroup: 1000 } })]))).toEqual([])
    expect(warnings(harden([statefulSet({ securityContext: { runAsUser: 1000 } })]))).toEqual([])
  })

  test('for the volumes that an operator claims', () => {
    const prometheus = (spec: Fields): KubernetesObject => ({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name: 'main', namespace: 'shop' },
      spec: { storage: { volumeClaimTemplate: {} }, ...spec },
    })
    expect(warnings(harden([prometheus({})]))).toEqual(['user-of-volume spec.securityContext.runAsUser'])
    expect(warnings(harden([prometheus({ storage: {} })]))).toEqual([])
    expect(warnings(harden([prometheus({ securityContext: { fsGroup: 2000 } })]))).toEqual([])
    const grouped = prometheus({})
    expect(warnings(harden([grouped], { fsGroup: 2000 }))).toEqual([])
    expect(grouped).toHaveProperty('spec.securityContext.fsGroup', 2000)
  })
})

describe('fsGroup', () => {
  const group = (object: KubernetesObject, spec: Fields): unknown[] => {
    harden([object], spec)
    const { fsGroup, fsGroupChangePolicy } = (specOf(object).securityContext ?? {}) as Fields
    return [fsGroup, fsGroupChangePolicy]
  }
  const policy = { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' }

  test('of the policy is set in pods that mount a claim or files of root, with its change policy', () => {
    expect(group(statefulSet(), policy)).toEqual([1000, 'OnRootMismatch'])
    expect(group(mounting({ secret: { defaultMode: 0o400 } }), policy)).toEqual([1000, 'OnRootMismatch'])
    expect(group(deployment(), policy)).toEqual([undefined, undefined])
    expect(group(mounting({ emptyDir: {} }), policy)).toEqual([undefined, undefined])
  })

  test('of a workload is set whatever it mounts, and takes precedence', () => {
    expect(group(deployment(), { ...policy, workloads: { cart: { fsGroup: 2000 } } })).toEqual([2000, 'OnRootMismatch'])
    expect(group(statefulSet(), { ...policy, workloads: { cart: { fsGroup: 'off' } } })).toEqual([undefined, undefined])
  })

  test('of the pod stays, and gets the change policy only if it has none', () => {
    expect(group(statefulSet({ securityContext: { fsGroup: 5 } }), policy)).toEqual([5, 'OnRootMismatch'])
    const said = { fsGroup: 5, fsGroupChangePolicy: 'Always' }
    expect(group(statefulSet({ securityContext: said }), policy)).toEqual([5, 'Always'])
  })

  test('is set at level baseline too, and never on Windows', () => {
    expect(group(statefulSet(), { ...policy, level: 'baseline' })).toEqual([1000, 'OnRootMismatch'])
    expect(group(statefulSet({ os: { name: 'windows' } }), policy)).toEqual([undefined, undefined])
  })
})

describe('a device is opened by its owner', () => {
  const asking = (more: Fields) => deployment({ containers: [container('app', undefined, more)] })
  const limits = (resource: string) => asking({ resources: { limits: { memory: '1Gi', [resource]: 1 } } })

  test.each<[string, KubernetesObject, string[]]>([
    ['of a plugin', limits('amd.com/gpu'), ['user-of-device']],
    ['of a claim', asking({ resources: { claims: [{ name: 'gpu' }] } }), ['user-of-device']],
    [
      'of a volume as a block device',
      asking({ volumeDevices: [{ name: 'a', devicePath: '/dev/a' }] }),
      ['user-of-device'],
    ],
    ['that every user may open: no', limits('nvidia.com/gpu'), []],
    ['that is none: no', limits('hugepages-2Mi'), []],
    ['that Kubernetes counts: no', limits('example.kubernetes.io/pods'), []],
  ])('%s', (_, object, expected) => {
    expect(warnings(harden([object]))).toEqual(expected.map((id) => `${id} ${USER}`))
  })

  test('unless somebody chose the user', () => {
    expect(warnings(harden([limits('amd.com/gpu')], { containers: { app: { runAsUser: 999 } } }))).toEqual([])
  })
})

describe('a path of the node that no mount makes readable', () => {
  test.each(['/run/containerd/containerd.sock', '/dev/fuse'])('%s, whose type the manifest does not say', (path) => {
    const object = mounting({ hostPath: { path } }, { readOnly: true })
    expect(errors(harden([object], hostPaths))).toEqual([`user-of-host-path ${USER}`])
  })
})

describe('a port below 1024', () => {
  const listening = (containerPort: number, pod: Fields = {}) =>
    deployment({ ...pod, containers: [container('app', undefined, { ports: [{ containerPort }] })] })
  const open = (value: string) => ({
    securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value }] },
  })

  test.each<[string, KubernetesObject, string[]]>([
    ['is said', listening(80), ['user-binds-low-port']],
    ['is one below 1024 only', listening(1024), []],
    ['is no matter where the pod opens it to all users', listening(80, open('0')), []],
    ['is said where the pod opens others', listening(80, open('443')), ['user-binds-low-port']],
    ['is no matter for a user of the manifest', listening(80, { securityContext: { runAsUser: 101 } }), []],
  ])('%s', (_, object, expected) => {
    expect(warnings(harden([object]))).toEqual(expected.map((id) => `${id} ${USER}`))
  })
})

describe('files of a projected volume', () => {
  const projected = (...sources: Fields[]) => mounting({ projected: { defaultMode: 0o400, sources } })
  test.each<[string, KubernetesObject, string[]]>([
    [
      'that take its mode next to items that do not',
      projected({ secret: { items: [{ mode: 0o444 }] } }, { configMap: { name: 'a' } }),
      ['user-of-files'],
    ],
    ['that all have a mode of their own: no', projected({ secret: { items: [{ mode: 0o444 }] } }), []],
    [
      'that are the token of the pod, which the kubelet gives to its user: no',
      projected({ serviceAccountToken: {} }),
      [],
    ],
  ])('%s', (_, object, expected) => {
    expect(warnings(harden([object]))).toEqual(expected.map((id) => `${id} ${USER}`))
  })
})

test('a CSI volume is a persistent one if it can be written', () => {
  expect(warnings(harden([mounting({ csi: { driver: 'disk.example.com' } })]))).toEqual([`user-of-volume ${USER}`])
  expect(warnings(harden([mounting({ csi: { driver: 'secrets.example.com', readOnly: true } })]))).toEqual([])
})

describe('a Namespace for which OpenShift hands out users', () => {
  const shop = (range: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', annotations: { 'openshift.io/sa.scc.uid-range': range } },
  })
  const outside = [`user-outside-range ${USER}`]

  test.each<[string, Fields, string[]]>([
    ['1000650000/10000', {}, outside],
    ['1000650000-1000659999', {}, outside],
    ['65000/1000', {}, []],
    ['65532/1', {}, []],
    ['65531/1', {}, outside],
    ['of a form that is not known', {}, []],
    ['1000650000/10000', { runAsUser: 'off' }, []],
    ['1000650000/10000', { runAsUser: 1_000_650_000 }, []],
    ['1000650000/10000', { workloads: { cart: { runAsUser: 999 } } }, []],
  ])('%s, with the policy %j', (range, spec, expected) => {
    expect(errors(harden([shop(range), deployment()], spec))).toEqual(expected)
  })

  test('is no matter for pods of another namespace, and for users of manifests', () => {
    const elsewhere = { ...deployment(), metadata: { name: 'cart', namespace: 'other' } }
    expect(errors(harden([shop('1/1'), elsewhere, deployment({ securityContext: { runAsUser: 7 } })]))).toEqual([])
  })

  test('is said once for the pods of a custom resource', () => {
    const prometheus = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name: 'main', namespace: 'shop' },
      spec: {},
    }
    expect(errors(harden([shop('1/1'), prometheus]))).toEqual(['user-outside-range spec.securityContext.runAsUser'])
  })
})

describe('Windows is selected without being declared', () => {
  const affinity = (...terms: Fields[][]): Fields => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
        },
      },
    },
  })
  const os = (...values: string[]): Fields => ({ key: 'kubernetes.io/os', operator: 'In', values })
  const zone = { key: 'topology.kubernetes.io/zone', operator: 'Exists' }

  test.each<[string, Fields, boolean]>([
    ['by the node selector', { nodeSelector: { 'kubernetes.io/os': 'windows' } }, true],
    ['by node affinity', affinity([zone, os('windows')]), true],
    ['by one of two alternatives: no', affinity([os('windows')], [zone]), false],
    ['next to Linux: no', affinity([os('windows', 'linux')]), false],
    ['by neither: no', affinity([zone]), false],
  ])('%s', (_, pod, isSaid) => {
    expect(warnings(harden([deployment(pod)]))).toEqual(isSaid ? ['undeclared-windows spec.os'] : [])
  })
})
