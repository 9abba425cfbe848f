import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { container, contextOf, deployment, errors, harden, RESTRICTED, restricted, specOf, warnings } from './harden.ts'

// What becomes of one container or pod, in the corners of the rules.

const CONTEXT = 'spec.containers[0].securityContext'
const app = (securityContext?: Fields, more: Fields = {}, pod: Fields = {}) =>
  deployment({ ...pod, containers: [container('app', securityContext, more)] })
const WINDOWS = { os: { name: 'windows' } }

describe('the reason of a container', () => {
  const unmasked = () =>
    restricted({ app: { privileged: true, allowPrivilegeEscalation: undefined, procMount: 'Unmasked' } })

  test('to be privileged allows nothing else', () => {
    const policy = { containers: { app: { privileged: true, reason: 'because' } } }
    expect(errors(harden([unmasked()], policy))).toEqual([`proc-mount ${CONTEXT}.procMount`])
  })

  test('to have several capabilities allows each of them, and no other', () => {
    const addCapabilities = ['NET_ADMIN', 'SYS_TIME']
    const policy = { containers: { app: { addCapabilities, runAsUser: 999, reason: 'because' } } }
    expect(errors(harden([app()], policy))).toEqual([])
    expect(errors(harden([app({ capabilities: { add: ['NET_RAW'] } })], policy))).toEqual([
      `capabilities ${CONTEXT}.capabilities.add[0]`,
    ])
  })

  test('is said with all that the container has for it, where no finding says the reason', () => {
    const said = (policy: Fields, securityContext?: Fields) =>
      harden([app(securityContext)], { containers: { app: { ...policy, runAsUser: 999, reason: 'because' } } })
        .filter(({ id }) => id.endsWith('/weakened-container'))
        .map(({ message }) => message.split(': ')[0])
    const adding = { addCapabilities: ['NET_BIND_SERVICE'], omit: ['readOnlyRootFilesystem'] }
    expect(said(adding)[0]).toMatch(/readOnlyRootFilesystem is left as it is, NET_BIND_SERVICE is added(?!, )/)
    expect(said({ readOnlyRootFilesystem: false })[0]).toMatch(/(?<!, )its root file system is writable/)
    expect(said({ omit: ['seccompProfile'] })).toEqual([])
  })
})

describe('a value of the policy for a container', () => {
  const proposals = (object: KubernetesObject, containers: Fields) =>
    harden([object], { containers }).flatMap(({ field }) => (field && 'currentValue' in field ? [field] : []))

  test('is proposed in place of the value of the manifest', () => {
    expect(proposals(app({ runAsUser: 7 }), { app: { runAsUser: 999 } })).toEqual([
      { path: `spec.template.${CONTEXT}.runAsUser`, currentValue: 7, proposedValue: 999 },
    ])
  })

  test('that removes a field proposes nothing', () => {
    const privileged = { privileged: true, runAsUser: 7, reason: 'because' }
    const [removed] = proposals(app({ allowPrivilegeEscalation: false }), { app: privileged })
    expect(removed).toStrictEqual({ path: `spec.template.${CONTEXT}.allowPrivilegeEscalation`, currentValue: false })
  })

  test('does not remove what the API accepts next to it', () => {
    const object = app({ allowPrivilegeEscalation: true })
    harden([object], { containers: { app: { privileged: true, runAsUser: 7, reason: 'because' } } })
    expect(contextOf(object).allowPrivilegeEscalation).toBe(true)
  })

  test('is added to the capabilities of the manifest without a finding', () => {
    const object = app({ capabilities: { add: ['CHOWN'], drop: ['ALL'] } })
    const policy = { addCapabilities: ['CHOWN', 'NET_BIND_SERVICE'], runAsUser: 7, reason: 'because' }
    expect(warnings(harden([object], { containers: { app: policy } }))).toEqual([
      `capabilities ${CONTEXT}.capabilities.add[0]`,
    ])
    expect(contextOf(object).capabilities).toEqual({ add: ['CHOWN', 'NET_BIND_SERVICE'], drop: ['ALL'] })
  })

  test('has an effect on Windows only if there is one', () => {
    const ids = (entry: Fields) => warnings(harden([app({}, {}, WINDOWS)], { containers: { app: entry } }))
    expect(ids({ readOnlyRootFilesystem: true })).toEqual([`no-effect-on-windows ${CONTEXT}`])
    expect(ids({ writable: ['/tmp'] })).toEqual([`no-effect-on-windows ${CONTEXT}`])
    expect(ids({ runAsUser: 'off' })).toEqual([])
  })
})

describe('an explicit bad value', () => {
  const fields = (object: KubernetesObject) => harden([object]).map(({ field }) => field)

  test('is said with the good value that replaces it', () => {
    expect(fields(restricted({ app: { allowPrivilegeEscalation: true } }))).toStrictEqual([
      { path: `spec.template.${CONTEXT}.allowPrivilegeEscalation`, currentValue: true, proposedValue: false },
    ])
  })

  test('that is removed has no other proposed', () => {
    expect(fields(restricted({ app: { procMount: 'Default' } }))).toEqual([])
    const object = restricted({ app: { seLinuxOptions: { type: 'spc_t' } } })
    expect(harden([object]).every(({ field }) => !Object.hasOwn(field ?? {}, 'proposedValue'))).toBe(true)
  })

  test('in an annotation alone is removed', () => {
    const annotation = 'container.apparmor.security.beta.kubernetes.io/app'
    const object = deployment({}, { [annotation]: 'unconfined' })
    expect(warnings(harden([object]))).toEqual([`app-armor-profile metadata.annotations["${annotation}"]`])
    expect(JSON.stringify(object)).not.toContain(annotation)
  })
})

test('of the annotations that a field replaces, only one that said something else is a finding', () => {
  const pod = 'seccomp.security.alpha.kubernetes.io/pod'
  const found = (value: string) => warnings(harden([deployment({}, { [pod]: value })]))
  expect(found('runtime/default')).toEqual([])
  expect(found('docker/default')).toEqual([])
  expect(found('localhost/cart.json')).toEqual([`stale-annotation metadata.annotations["${pod}"]`])
})

describe('advice', () => {
  test('about a writable root file system is that of restricted alone', () => {
    const object = () => app({ readOnlyRootFilesystem: false })
    expect(warnings(harden([object()], { level: 'baseline' }))).toEqual([])
    const kept = { containers: { app: { omit: ['readOnlyRootFilesystem'], reason: 'because' } } }
    expect(warnings(harden([object()], kept))).toEqual([])
  })

  test('about ephemeral containers needs one', () => {
    expect(warnings(harden([deployment({ ephemeralContainers: [] })]))).toEqual([])
  })
})

describe('an exception that nothing needs', () => {
  const unused = (exceptions: Fields) =>
    warnings(harden([deployment({ hostNetwork: true })], { exceptions: { cart: exceptions } })).filter((id) =>
      id.startsWith('unused-exception'),
    )

  test('is said, but not of host ports on the network of the node', () => {
    expect(unused({ hostNamespaces: 'because' })).toEqual([])
    expect(unused({ hostNamespaces: 'because', hostPorts: 'because' })).toEqual([])
    expect(unused({ hostNamespaces: 'because', hostPathVolumes: 'because' })).toEqual(['unused-exception'])
  })
})

describe('a command that needs root', () => {
  const CHOWN = { command: ['chown', '1', '/a'] }
  const APK = { command: ['apk', 'add', 'curl'] }
  const kept = (more: Fields = {}) => ({
    containers: { app: { omit: ['runAsUser', 'runAsNonRoot'], reason: 'because', ...more } },
  })
  const said = (object: KubernetesObject, policy: Fields) =>
    warnings(harden([object], policy)).filter((id) => id.startsWith('command-'))
  const NEEDS = ['command-needs-root spec.containers[0]']
  const CHANGES = ['command-changes-image spec.containers[0]']

  test('runs as the root that its pod names', () => {
    const policy = kept({ readOnlyRootFilesystem: false })
    const root = { securityContext: { runAsUser: 0 } }
    expect(said(app(undefined, APK, root), policy)).toEqual([])
    expect(said(app({ runAsUser: 0 }, APK), policy)).toEqual([])
    expect(said(app(undefined, APK), policy)).toEqual([])
  })

  test('does not run where the policy names a user, whatever its root file system', () => {
    const policy = { containers: { app: { runAsUser: 999, readOnlyRootFilesystem: false, reason: 'because' } } }
    expect(said(app(undefined, APK), policy)).toEqual(CHANGES)
  })

  test('does not run where the policy says that it is not root', () => {
    const policy = { containers: { app: { omit: ['runAsUser'], readOnlyRootFilesystem: false, reason: 'because' } } }
    expect(said(app(undefined, APK), policy)).toEqual(CHANGES)
  })

  test('needs every capability that the program has of root', () => {
    const su = { command: ['su', 'app'] }
    const adding = (...add: string[]) => app({ capabilities: { add, drop: ['ALL'] } }, su)
    const policy = (...addCapabilities: string[]) => kept({ addCapabilities })
    expect(said(adding('SETUID'), policy('SETUID'))).toEqual(NEEDS)
    expect(said(adding('SETUID', 'SETGID'), policy('SETUID', 'SETGID'))).toEqual([])
    expect(said(adding('ALL'), policy('ALL'))).toEqual([])
    expect(
      said(app({ capabilities: { drop: [] } }, CHOWN), kept({ omit: ['runAsUser', 'runAsNonRoot', 'capabilities'] })),
    ).toEqual([])
  })
})

describe('a path of the node', () => {
  const PATHS = { exceptions: { cart: { hostPathVolumes: 'because' } } }
  const mounting = (hostPath: Fields, ...mounts: Fields[]) =>
    deployment({
      containers: [
        container('app', undefined, {
          volumeMounts: mounts.map((mount, index) => ({ name: 'data', mountPath: `/data-${index}`, ...mount })),
        }),
      ],
      volumes: [{ name: 'data', hostPath }],
    })
  const READ = { readOnly: true }
  const users = (object: KubernetesObject) => {
    const found = harden([object], PATHS)
    return [...errors(found), ...warnings(found)].filter((id) => id.startsWith('user-'))
  }
  const REFUSED = [`user-of-host-path ${CONTEXT}.runAsUser`]
  const READABLE = [`user-reads-host-path ${CONTEXT}.runAsUser`]

  test.each(['Socket', 'CharDevice', 'BlockDevice'])('of type %s is not read without its owner', (type) => {
    expect(users(mounting({ path: '/var/a', type }, READ))).toEqual(REFUSED)
  })

  test.each<[string, string[]]>([
    ['/dev/fuse', REFUSED],
    ['/run/a.sock', REFUSED],
    ['/var/dev/fuse', READABLE],
    ['/run/a.socket.d', READABLE],
  ])('%s is read, or not', (path, expected) => {
    expect(users(mounting({ path }, READ))).toEqual(expected)
  })

  test('that one of several mounts writes is written', () => {
    expect(users(mounting({ path: '/var/a' }, {}, READ))).toEqual(REFUSED)
    expect(users(mounting({ path: '/var/a' }, READ, {}))).toEqual(REFUSED)
  })
})

test('a group is set for a volume that one of several containers mounts', () => {
  const object = deployment({
    containers: [
      container('app', RESTRICTED),
      container('other', RESTRICTED, { volumeMounts: [{ name: 'a', mountPath: '/a' }] }),
    ],
    volumes: [{ name: 'a', persistentVolumeClaim: { claimName: 'a' } }],
  })
  harden([object], { fsGroup: 1000 })
  expect(specOf(object).securityContext).toMatchObject({ fsGroup: 1000 })
})

test('a map of the manifest keeps its fields, and gets those that it lacks or has as null', () => {
  const object = app({
    seccompProfile: { type: null, localhostProfile: null },
    capabilities: { add: ['NET_BIND_SERVICE'] },
  })
  harden([object])
  expect(contextOf(object)).toMatchObject({
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
  })
})

test('what a kind of custom resource leaves out excuses nothing else', () => {
  const kafka = {
    apiVersion: 'kafka.strimzi.io/v1beta2',
    kind: 'Kafka',
    metadata: { name: 'main', namespace: 'shop' },
    spec: {
      kafka: {
        template: { pod: { securityContext: { runAsNonRoot: false, sysctls: [{ name: 'a.b', value: '1' }] } } },
      },
    },
  }
  expect(errors(harden([kafka]))).toEqual(['sysctls spec.kafka.template.pod.securityContext.sysctls[0].name'])
})
