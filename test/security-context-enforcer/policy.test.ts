import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { securityContextEnforcerSchema } from '../../functions/security-context-enforcer/config.ts'
import {
  container,
  contextOf,
  deployment,
  errors,
  harden,
  infos,
  level,
  namespace,
  RESTRICTED,
  specOf,
  warnings,
} from './harden.ts'

const two = () => deployment({ containers: [container('app'), container('proxy')] })
const users = (spec: Fields): unknown[] => {
  const object = two()
  harden([object], spec)
  return [contextOf(object).runAsUser, contextOf(object, 1).runAsUser]
}

describe('containers', () => {
  test.each<[string, Fields, unknown[]]>([
    ['nothing: the default user', {}, [65532, 65532]],
    ['another default', { runAsUser: 1000 }, [1000, 1000]],
    ['a container name', { containers: { proxy: { runAsUser: 101 } } }, [65532, 101]],
    ['workload/container', { containers: { 'cart/proxy': { runAsUser: 101 } } }, [65532, 101]],
    ['Kind/workload/container', { containers: { 'Deployment/cart/proxy': { runAsUser: 101 } } }, [65532, 101]],
    ['another kind with that name', { containers: { 'StatefulSet/cart/proxy': { runAsUser: 101 } } }, [65532, 65532]],
    [
      'only the most exact entry counts',
      { containers: { app: { runAsUser: 1 }, 'cart/app': { runAsUser: 2 } } },
      [2, 65532],
    ],
  ])('are named by %s', (_, spec, expected) => {
    expect(users(spec)).toEqual(expected)
  })

  test('runAsUser replaces an explicit user, with a warning', () => {
    const object = deployment({ containers: [container('app', { runAsUser: 999 })] })
    expect(warnings(harden([object], { containers: { app: { runAsUser: 1000 } } }))).toEqual([
      'replaced-by-policy spec.containers[0].securityContext.runAsUser',
    ])
    expect(contextOf(object).runAsUser).toBe(1000)
  })

  test('omit leaves fields as they are, set or unset', () => {
    const object = deployment({ containers: [container('app', { runAsNonRoot: false }), container('other')] })
    const omit = { omit: ['runAsUser', 'runAsNonRoot'], reason: 'because' }
    expect(errors(harden([object], { containers: { app: omit, other: omit } }))).toEqual([])
    expect([contextOf(object).runAsNonRoot, contextOf(object).runAsUser]).toEqual([false, undefined])
    expect([contextOf(object, 1).runAsNonRoot, contextOf(object, 1).runAsUser]).toEqual([undefined, undefined])
    expect(level(object)).toBe('baseline')
  })

  test.each([
    ['unset', undefined],
    ['Unconfined', { type: 'Unconfined' }],
  ])(
    'omit also leaves the field that a container takes from its pod: a seccompProfile that is %s',
    (_, seccompProfile) => {
      const pod = { seccompProfile }
      const object = deployment({ containers: [container('app'), container('other')], securityContext: pod })
      const containers = { app: { omit: ['seccompProfile'], reason: 'traced by a profiler' } }
      expect(errors(harden([object], { containers }))).toEqual([])
      expect(specOf(object).securityContext).toEqual(pod)
      expect(contextOf(object)).not.toHaveProperty('seccompProfile')
      expect(contextOf(object, 1).seccompProfile).toEqual({ type: 'RuntimeDefault' })
    },
  )

  test('omit of the user keeps runAsNonRoot: false of the pod, and the other containers say true', () => {
    const object = deployment({
      containers: [container('app'), container('other')],
      securityContext: { runAsNonRoot: false },
    })
    const containers = { app: { omit: ['runAsUser', 'runAsNonRoot'], reason: 'the image is root' } }
    expect(warnings(harden([object], { containers }))).toEqual(['run-as-non-root spec.securityContext.runAsNonRoot'])
    expect(specOf(object).securityContext).toMatchObject({ runAsNonRoot: false })
    expect(contextOf(object)).not.toHaveProperty('runAsNonRoot')
    expect(contextOf(object, 1)).toEqual(RESTRICTED)
  })

  test('omit does not let the other containers of a pod be root', () => {
    const object = deployment({
      containers: [container('app'), container('other')],
      securityContext: { runAsUser: 0 },
    })
    const containers = { app: { omit: ['runAsUser', 'runAsNonRoot'], reason: 'the image is root' } }
    expect(errors(harden([object], { containers }))).toEqual(['run-as-user spec.securityContext.runAsUser'])
  })

  test('omit without a failing check is reported too, and written to the object', () => {
    const object = deployment()
    const findings = harden([object], {
      containers: { app: { omit: ['readOnlyRootFilesystem'], reason: 'writes anywhere' } },
    })
    expect(findings).toEqual([
      expect.objectContaining({
        id: 'security-context-enforcer/weakened-container',
        message: expect.stringContaining('writes anywhere'),
      }),
    ])
    expect(object.metadata.annotations).toEqual({
      'krm-hardening.dev/exception': 'security-context-enforcer: writes anywhere',
    })
  })

  test('addCapabilities adds to what is there and allows only that', () => {
    const containers = { app: { addCapabilities: ['NET_ADMIN'], runAsUser: 1000, reason: 'because' } }
    const unset = deployment()
    expect(errors(harden([unset], { containers }))).toEqual([])
    expect(contextOf(unset).capabilities).toEqual({ drop: ['ALL'], add: ['NET_ADMIN'] })
    const more = deployment({ containers: [container('app', { capabilities: { add: ['SYS_TIME'] } })] })
    expect(errors(harden([more], { containers }))).toEqual([
      'capabilities spec.containers[0].securityContext.capabilities.add[0]',
    ])
  })

  test('privileged: false replaces an explicit true', () => {
    const object = deployment({ containers: [container('app', { privileged: true })] })
    expect(errors(harden([object], { containers: { app: { privileged: false } } }))).toEqual([])
    expect(level(object)).toBe('restricted')
  })

  test('readOnlyRootFilesystem: false is intended in the policy, and a warning in a manifest', () => {
    const object = () => deployment({ containers: [container('app', { readOnlyRootFilesystem: false })] })
    const meant = { containers: { app: { readOnlyRootFilesystem: false, reason: 'because' } } }
    expect(warnings(harden([object()], meant))).toEqual([])
    expect(warnings(harden([object()]))).toEqual([
      'writable-root spec.containers[0].securityContext.readOnlyRootFilesystem',
    ])
  })
})

describe('writable', () => {
  const mounts = (object: ReturnType<typeof deployment>) => [
    (specOf(object).containers as Fields[])[0]?.volumeMounts,
    specOf(object).volumes,
  ]

  test('mounts an emptyDir in memory, or on disk if the policy asks for that', () => {
    const object = deployment()
    harden([object], { containers: { app: { writable: { '/var/tmp': { disk: true }, '/tmp': {} } } } })
    expect(mounts(object)).toEqual([
      [
        { name: 'app-tmp', mountPath: '/tmp' },
        { name: 'app-var-tmp', mountPath: '/var/tmp' },
      ],
      [
        { name: 'app-tmp', emptyDir: { medium: 'Memory' } },
        { name: 'app-var-tmp', emptyDir: {} },
      ],
    ])
  })

  test('gets the size limit that the policy has for it', () => {
    const object = deployment()
    const writable = { '/cache': { disk: true, sizeLimit: '1Gi' }, '/tmp': { sizeLimit: '64Mi' } }
    harden([object], { containers: { app: { writable } } })
    expect(mounts(object)[1]).toEqual([
      { name: 'app-cache', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'app-tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    ])
  })

  const mounted = (source: Fields, mount: Fields) =>
    deployment({
      containers: [container('app', undefined, { volumeMounts: [{ name: 'a', ...mount }] })],
      volumes: [{ name: 'a', ...source }],
    })

  test.each<[string, Fields, Fields]>([
    ['a ConfigMap', { configMap: { name: 'a' } }, {}],
    ['a Secret', { secret: { secretName: 'a' } }, {}],
    ['a projected volume', { projected: { sources: [] } }, {}],
    ['a downward API volume', { downwardAPI: {} }, {}],
    ['an image', { image: { reference: 'a' } }, {}],
    ['a read-only mount', { emptyDir: {} }, { readOnly: true }],
    ['a read-only claim', { persistentVolumeClaim: { claimName: 'a', readOnly: true } }, {}],
  ])('refuses a path at or below %s, and nothing is changed', (_, source, mount) => {
    for (const mountPath of ['/var/cache/app', '/var/cache/', '/']) {
      const object = mounted(source, { ...mount, mountPath })
      const before = structuredClone(object)
      const containers = { app: { writable: ['/var/cache/app'] } }
      expect(errors(harden([object], { containers }))).toEqual(['unwritable-mount spec.containers[0].volumeMounts'])
      expect(object).toEqual(before)
    }
  })

  test.each<[string, string]>([
    ['below the path', '/var/cache/app/static'],
    ['with a name that begins the same', '/var/cache/ap'],
  ])('a read-only mount %s is no matter', (_, mountPath) => {
    const object = mounted({ configMap: { name: 'a' } }, { mountPath })
    expect(errors(harden([object], { containers: { app: { writable: ['/var/cache/app'] } } }))).toEqual([])
  })

  test('the nearest mount decides', () => {
    const object = deployment({
      containers: [
        container('app', undefined, {
          volumeMounts: [
            { name: 'a', mountPath: '/var' },
            { name: 'b', mountPath: '/var/cache' },
          ],
        }),
      ],
      volumes: [
        { name: 'a', configMap: { name: 'a' } },
        { name: 'b', emptyDir: {} },
      ],
    })
    expect(errors(harden([object], { containers: { app: { writable: ['/var/cache/app'] } } }))).toEqual([])
  })

  test('leaves a path alone that has a mount', () => {
    const volumeMounts = [{ name: 'scratch', mountPath: '/tmp/' }]
    const object = deployment({ containers: [container('app', undefined, { volumeMounts })] })
    harden([object], { containers: { app: { writable: ['/tmp'] } } })
    expect(mounts(object)).toEqual([[{ name: 'scratch', mountPath: '/tmp/' }], undefined])
  })

  test('is not confused by a mount without a path', () => {
    const volumeMounts = [{ name: 'scratch', mountPath: null }]
    const object = deployment({ containers: [container('app', undefined, { volumeMounts })] })
    harden([object], { containers: { app: { writable: ['/tmp'] } } })
    expect(mounts(object)[0]).toEqual([
      { name: 'scratch', mountPath: null },
      { name: 'app-tmp', mountPath: '/tmp' },
    ])
  })

  test('finds a free name that is no longer than a DNS label', () => {
    const long = `/var/${'x'.repeat(80)}`
    const volumeMounts = [{ name: 'app-var-a-b', mountPath: '/claimed' }]
    const object = deployment({ containers: [container('app', undefined, { volumeMounts })] })
    harden([object], { containers: { app: { writable: ['/var/a_b', '/var/a.b', `${long}1`, `${long}2`] } } })
    const names = (specOf(object).volumes as Fields[]).map(({ name }) => String(name))
    expect(names.slice(0, 2)).toEqual(['app-var-a-b-2', 'app-var-a-b-3'])
    expect(new Set(names).size).toBe(4)
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
  })
})

describe('exceptions', () => {
  const hostNetwork = () => deployment({ hostNetwork: true })

  test('are found by name and by Kind/name, the latter first', () => {
    const reasons = (exceptions: Fields) =>
      harden([hostNetwork()], { exceptions })
        .filter(({ severity }) => severity === 'warning')
        .map(({ message }) => message.split(': ').at(-1))
    expect(reasons({ cart: { hostNamespaces: 'a' } })).toEqual(['a'])
    expect(reasons({ cart: { hostPorts: 'a' }, 'Deployment/cart': { hostNamespaces: 'b' } })).toEqual(['b'])
  })

  test('cover their check only', () => {
    expect(
      errors(
        harden([deployment({ hostNetwork: true, hostPID: true, volumes: [{ name: 'a', nfs: {} }] })], {
          exceptions: { cart: { hostNamespaces: 'a' } },
        }),
      ),
    ).toEqual(['restricted-volumes spec.volumes[0].nfs'])
  })

  test('of a field leave it unset in every container', () => {
    const object = two()
    harden([object], { exceptions: { cart: { seccompProfile: 'traced by a profiler' } } })
    expect([specOf(object).securityContext, contextOf(object).seccompProfile]).toEqual([undefined, undefined])
  })

  test('that nothing needs are warnings, except for host ports on the host network, which the API server sets itself', () => {
    const exceptions = { cart: { hostNamespaces: 'a', hostPorts: 'b', sysctls: 'c' } }
    expect(warnings(harden([hostNetwork()], { exceptions }))).toEqual([
      'host-namespaces spec.hostNetwork',
      'unused-exception',
    ])
  })

  test('leave no line on the object once they are removed', () => {
    const object = hostNetwork()
    harden([object], { exceptions: { cart: { hostNamespaces: 'a' } } })
    delete specOf(object).hostNetwork
    harden([object])
    expect(object.metadata.annotations).toBeUndefined()
  })
})

describe('entries that name nothing in the build', () => {
  test('are none of a namespace that pods are in, by name or by default, or that an object makes', () => {
    const nowhere = { ...deployment(), metadata: { name: 'cart' } }
    const spec = { namespaces: { shop: {}, default: {}, web: {} } }
    expect(warnings(harden([deployment(), nowhere, namespace('web')], spec))).toEqual(['namespace-without-pods'])
  })

  test('are warnings', () => {
    const spec = {
      containers: { 'cart/ap': { runAsUser: 1 }, app: { runAsUser: 1 } },
      exceptions: { 'Deployment/cart': {}, crat: {} },
      workloads: { cart: { runAsUser: 1 }, crat: { runAsUser: 1 } },
      namespaces: { shop: {}, shap: {} },
    }
    expect(warnings(harden([deployment(), namespace('shop')], spec))).toEqual([
      'unknown-key exceptions.crat',
      'unknown-key workloads.crat',
      'unknown-key containers["cart/ap"]',
      'unknown-key namespaces.shap',
    ])
  })
})

describe('automountServiceAccountToken', () => {
  const job = (): ReturnType<typeof deployment> => ({ ...deployment(), apiVersion: 'batch/v1', kind: 'Job' })
  const account = (name: string, automountServiceAccountToken: boolean) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'shop' },
    automountServiceAccountToken,
  })
  const token = (
    object: ReturnType<typeof deployment>,
    spec: Fields = {},
    others: ReturnType<typeof account>[] = [],
  ) => {
    harden([object, ...others], spec)
    return specOf(object).automountServiceAccountToken
  }

  test('is false without an account, true with one', () => {
    expect(token(deployment())).toBe(false)
    expect(token(deployment({ serviceAccountName: '' }))).toBe(false)
    expect(token(deployment({ serviceAccountName: 'cart' }))).toBe(true)
    expect(token(deployment({ serviceAccountName: '$(ACCOUNT)' }))).toBe(true)
  })

  test('falls back to the deprecated field, as the API does', () => {
    expect(token(deployment({ serviceAccountName: '', serviceAccount: 'operator' }))).toBe(true)
    expect(token(deployment({ serviceAccountName: null, serviceAccount: 'operator' }))).toBe(true)
  })

  test('is false with the account that every pod without one has', () => {
    expect(token(deployment({ serviceAccountName: 'default' }))).toBe(false)
    expect(token(deployment({ serviceAccount: 'default' }))).toBe(false)
  })

  test('is what the pod says', () => {
    expect(token(deployment({ automountServiceAccountToken: true }))).toBe(true)
    expect(token(deployment({ automountServiceAccountToken: false, serviceAccountName: 'cart' }))).toBe(false)
  })

  test('is not mounted if the account in the build says false', () => {
    const pod = () => deployment({ serviceAccountName: 'cart' })
    expect(token(pod(), {}, [account('cart', false)])).toBe(false)
    expect(token(pod(), {}, [account('cart', true), account('other', false)])).toBe(true)
  })

  test('is set in Jobs too, unless the policy says serving, and nowhere if it says none', () => {
    expect(token(job())).toBe(false)
    expect(token(job(), { automountServiceAccountToken: 'serving' })).toBeUndefined()
    expect(token(deployment(), { automountServiceAccountToken: 'none' })).toBeUndefined()
  })
})

describe('bindings of service accounts', () => {
  const pod = (more: Fields = {}) => deployment({ serviceAccountName: 'cart', ...more })
  const binding = (subjects: unknown, kind = 'RoleBinding', namespace?: string): KubernetesObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'cart', ...(namespace && { namespace }) },
    subjects,
  })
  const account = { kind: 'ServiceAccount', name: 'cart', namespace: 'shop' }
  const result = (spec: Fields, others: KubernetesObject[], object = pod()): unknown[] => {
    const found = infos(harden([object, ...others], spec))
    return [specOf(object).automountServiceAccountToken, found]
  }
  const BOUND = { automountServiceAccountToken: 'bound' }

  test.each<[string, KubernetesObject]>([
    ['by a RoleBinding', binding([account])],
    ['by a ClusterRoleBinding', binding([account], 'ClusterRoleBinding')],
    ['in the namespace of the binding', binding([{ kind: 'ServiceAccount', name: 'cart' }], 'RoleBinding', 'shop')],
    ['as a user', binding([{ kind: 'User', name: 'system:serviceaccount:shop:cart' }])],
    ['by the group of its namespace', binding([{ kind: 'Group', name: 'system:serviceaccounts:shop' }])],
    ['by the group of all accounts', binding([{ kind: 'Group', name: 'system:serviceaccounts' }])],
  ])('%s: the token is mounted in both modes, without a finding', (_, bound) => {
    expect(result({}, [bound])).toEqual([true, []])
    expect(result(BOUND, [bound])).toEqual([true, []])
  })

  test.each<[string, KubernetesObject[]]>([
    ['no binding', []],
    ['another account', [binding([{ ...account, name: 'other' }])]],
    ['an account of another namespace', [binding([{ ...account, namespace: 'other' }])]],
    ['a user of that name', [binding([{ kind: 'User', name: 'cart' }])]],
    ['another group', [binding([{ kind: 'Group', name: 'system:serviceaccounts:other' }])]],
    ['subjects that are no subjects', [binding(null), binding(['cart'])]],
    ['a binding of another API', [{ ...binding([account]), apiVersion: 'example.com/v1' }]],
  ])('%s: the token is mounted with an info, or not at all in mode bound', (_, others) => {
    expect(result({}, others)).toEqual([true, ['token-without-binding']])
    expect(result(BOUND, others)).toEqual([false, ['token-without-binding']])
  })

  test.each(['cart', 'shop/cart'])('an account that the policy lists as %s is bound', (key) => {
    const boundServiceAccounts = { [key]: { reason: 'bound elsewhere' } }
    expect(result({ boundServiceAccounts }, [])).toEqual([true, []])
    expect(result({ ...BOUND, boundServiceAccounts }, [])).toEqual([true, []])
  })

  test('a listed account that no pod has is a warning', () => {
    const boundServiceAccounts = { 'shop/crat': { reason: 'because' } }
    expect(warnings(harden([pod()], { boundServiceAccounts }))).toEqual([
      'unknown-key boundServiceAccounts["shop/crat"]',
    ])
  })

  test('what the pod says takes precedence, and its unbound token is still reported', () => {
    expect(result(BOUND, [], pod({ automountServiceAccountToken: true }))).toEqual([true, ['token-without-binding']])
    expect(result(BOUND, [], pod({ automountServiceAccountToken: false }))).toEqual([false, []])
  })

  test('nothing is reported about tokens that are not set', () => {
    expect(result({ automountServiceAccountToken: 'none' }, [])).toEqual([undefined, []])
  })
})

test('Knative gets neither privileged nor anything at pod level nor an explicit token', () => {
  const object = {
    ...deployment({ serviceAccountName: 'cart' }),
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
  }
  const findings = harden([object])
  expect([errors(findings), warnings(findings)]).toEqual([[], []])
  expect(Object.keys(specOf(object))).toEqual(['containers', 'serviceAccountName'])
  expect(contextOf(object)).not.toHaveProperty('privileged')
  expect(level(object)).toBe('restricted')
})

describe('configuration that does not fit its schema is refused', () => {
  test.each<[string, Fields, string]>([
    ['level', { level: 'privileged' }, 'spec.level: expected "restricted" or "baseline", found "privileged"'],
    ['runAsUser', { runAsUser: 0 }, 'spec.runAsUser: expected at least 1, found 0'],
    [
      'a near miss',
      { containers: { app: { runAsUsr: 1 } } },
      'spec.containers.app.runAsUsr: unknown key (did you mean runAsUser?); expected one of runAsUser, omit, addCapabilities, privileged, readOnlyRootFilesystem, writable, reason',
    ],
    [
      'CAP_',
      { containers: { app: { addCapabilities: ['CAP_KILL'], reason: 'a' } } },
      'spec.containers.app.addCapabilities[0]: expected a capability in upper case, without CAP_, found "CAP_KILL"',
    ],
    [
      'a relative path',
      { containers: { app: { writable: ['tmp'] } } },
      'spec.containers.app.writable[0]: expected an absolute path below /, found "tmp"',
    ],
    [
      'the root of the file system, which an emptyDir would hide',
      { containers: { app: { writable: { '/': {} } } } },
      'spec.containers.app.writable["/"]: expected an absolute path below / as key, found "/"',
    ],
    [
      'an empty reason',
      { exceptions: { cart: { sysctls: '' } } },
      'spec.exceptions.cart.sysctls: expected a length of at least 1, found ""',
    ],
    [
      'a kind without its group',
      { customResources: { Kafka: {} } },
      'spec.customResources.Kafka: expected group/Kind as key, found "Kafka"',
    ],
  ])('%s', (_, spec, message) => {
    expect(() => parseConfig(securityContextEnforcerSchema, spec, 'spec')).toThrow(message)
  })

  test.each<Fields>([
    { omit: ['privileged'] },
    { addCapabilities: ['KILL'] },
    { privileged: true },
    { readOnlyRootFilesystem: false },
  ])('a container that gets less than the default needs a reason: %j', (override) => {
    const spec = { containers: { app: override } }
    expect(() => parseConfig(securityContextEnforcerSchema, spec, 'spec')).toThrow(
      'spec.containers.app.reason: expected a reason, because omit, addCapabilities, privileged: true and readOnlyRootFilesystem: false are exceptions, found nothing',
    )
  })
})
