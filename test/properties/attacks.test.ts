import { plan } from '../../functions/hardening/plan.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { toResourceList } from '../support/examples.ts'

// Inputs that are made to get past a function, or to make it lose or tell something. Each is refused by name: the id of the
// finding says which rule saw it, and nothing is on stdout.

const policy = (kind: string, spec = '{}'): string =>
  `apiVersion: krm-hardening.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: policy}\nspec: ${spec}\n`
const HARDENING = policy('Hardening', '{securityContext: {}}')
const MIRRORS = policy('Hardening', '{images: {mirrors: {"*": mirror.example/m}}}')

const refused = async (resources: string, config: string, id: string): Promise<string> => {
  const { stdout, stderr, exitCode } = await run(toResourceList(resources, config), plan)
  expect(stdout).toBe('')
  expect([1, 2]).toContain(exitCode)
  expect(stderr).toContain(`error: ${id}: `)
  return stderr
}

describe('a mark of a function on what it did not generate', () => {
  const marked = (apiVersion: string, kind: string, by: string, more = ''): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: cart\n  namespace: shop\n  annotations: {krm-hardening.dev/generated-by: ${by}${more}}\n`
  const inList = (object: string): string =>
    `apiVersion: v1\nkind: List\nitems:\n- ${object.replaceAll('\n', '\n  ').trimEnd()}\n`
  const NETWORK = 'network-policy-default-deny'
  test.each<[string, string, string, string]>([
    ['a Service', marked('v1', 'Service', 'istio-hardening'), 'IstioHardening', 'objects/false-mark'],
    ['a Deployment', marked('apps/v1', 'Deployment', 'replication-factor'), 'ReplicationFactor', 'objects/false-mark'],
    ['a Namespace', marked('v1', 'Namespace', NETWORK), 'NetworkPolicyDefaultDeny', 'objects/false-mark'],
    ['a member of a List', inList(marked('v1', 'Service', 'istio-hardening')), 'IstioHardening', 'objects/false-mark'],
    [
      'a budget',
      marked('policy/v1', 'PodDisruptionBudget', 'replication-factor'),
      'ReplicationFactor',
      'objects/unproven-mark',
    ],
    [
      'a policy whose hash is empty',
      marked('networking.k8s.io/v1', 'NetworkPolicy', NETWORK, ', krm-hardening.dev/generated-content: ""'),
      'NetworkPolicyDefaultDeny',
      'objects/unproven-mark',
    ],
    [
      'a DENY',
      marked('security.istio.io/v1', 'AuthorizationPolicy', 'istio-hardening'),
      'IstioHardening',
      'objects/unproven-mark',
    ],
  ])('%s', async (_, resources, kind, id) => {
    await refused(resources, policy(kind), id)
  })
})

describe('a pod that its wrapping hides', () => {
  const SPEC =
    'spec: {hostNetwork: true, containers: [{name: c, image: "evil:1", securityContext: {privileged: true}}]}'
  const POD = `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\n${SPEC}`
  const within = (head: string, member: string): string => `${head}\nitems:\n- ${member.replaceAll('\n', '\n  ')}\n`
  test.each<[string, string]>([
    ['a List with a name', within('apiVersion: v1\nkind: List\nmetadata: {name: all}', POD)],
    ['a list of a foreign kind', within('apiVersion: example.com/v1\nkind: FooList\nmetadata: {name: all}', POD)],
    [
      'a List in a List',
      within(
        'apiVersion: v1\nkind: List\nmetadata: {name: all}',
        within('apiVersion: v1\nkind: List\nmetadata: {name: in}', POD).trimEnd(),
      ),
    ],
    [
      'an object that has members and is called otherwise',
      within('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: all}\ndata: {}', POD),
    ],
    [
      'a PodList whose members name no kind',
      `apiVersion: v1\nkind: PodList\nmetadata: {name: all}\nitems: [{metadata: {name: p}, ${SPEC}}]\n`,
    ],
    ['an explicit key', `apiVersion: v1\n? kind\n: Pod\nmetadata: {name: x}\n${SPEC}\n`],
    ['an alias for its kind', `apiVersion: v1\nmetadata: {name: x, annotations: {a: &k Pod}}\nkind: *k\n${SPEC}\n`],
  ])('%s', async (_, resources) => {
    await refused(resources, HARDENING, 'security-context-enforcer/privileged')
  })
})

describe('a placeholder in place of a value that is judged', () => {
  const pod = (spec: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\nspec: ${spec}\n`
  test.each([
    '${A:=true}',
    '${A:-true}',
    '${A=true}',
    '${A-true}',
    '${A:+true}',
    '${A:?true}',
    '${A/x/true}',
    '${A:=1}',
  ])('hostNetwork: %s', async (text) => {
    await refused(
      pod(`{hostNetwork: "${text}", containers: [{name: c, image: i}]}`),
      HARDENING,
      'security-context-enforcer/host-namespaces',
    )
  })
  test.each(['${A:=${B:=true}}', '$${A:=true}', '${A:=tr}ue'])('what is no placeholder to Flux: %s', async (text) => {
    await refused(pod(`{hostNetwork: "${text}", containers: [{name: c, image: i}]}`), HARDENING, 'objects/mistyped')
  })
  test.each(['${U:=0}', '${U:-0}', '${U}'])('runAsUser: %s', async (text) => {
    await refused(
      pod(`{containers: [{name: c, image: i, securityContext: {runAsUser: "${text}"}}]}`),
      HARDENING,
      'security-context-enforcer/run-as-user',
    )
  })
  test.each([
    '${ANY:=evil.example/x:latest}',
    '${R:=evil.example}/x:1',
    'mirror.example/m/${X:=../../evil}/x:1',
    `mirror.example/m/x@sha256:\${D:=${'0'.repeat(64)}}`,
    'x${E}',
    '${A:=${B:=evil.example/y:1}}',
    'mirror.example/m${S:=.evil.example/x:1}',
  ])('image: %s', async (image) => {
    await refused(pod(`{containers: [{name: c, image: "${image}"}]}`), MIRRORS, 'image-mirror-digest/placeholder')
  })
})

describe('a value that may be secret is in no message, wherever its type is wrong', () => {
  const ALL = policy('Hardening', '{securityContext: {}, istio: {}, networkPolicy: {}}')
  const pod = (metadata: string, container: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop${metadata}}\nspec: {containers: [{name: c, image: i${container}}]}\n`
  test.each<[string, string]>([
    ['a map of variables', pod('', ', env: {PASSWORD: hunter2}')],
    ['a variable that is a map', pod('', ', env: [{name: P, value: {deep: hunter2}}]')],
    ['variables that are text', pod('', ', env: hunter2')],
    ['a name that is a map', pod('', ', env: [{name: {hunter2: 1}, value: hunter2}]')],
    ['arguments that are text', pod('', ', args: "--password=hunter2"')],
    ['a command of maps', pod('', ', command: [{hunter2: hunter2}]')],
    ['an image that is a map', pod('', ', image: {hunter2: hunter2}').replace('image: i, ', '')],
    ['an annotation that is a map', pod(', annotations: {token: {deep: hunter2}}', '')],
    ['annotations that are a list', pod(', annotations: [hunter2]', '')],
  ])('%s', async (_, resources) => {
    expect(await refused(resources, ALL, 'objects/mistyped')).not.toContain('hunter2')
  })
})

describe('more copies than Kafka has brokers, whatever Kustomize renamed', () => {
  const previous = (name: string): string =>
    `, annotations: {internal.config.kubernetes.io/previousNames: ${name}, internal.config.kubernetes.io/previousNamespaces: default, internal.config.kubernetes.io/previousKinds: Kafka}`
  const kafka = (name: string, more: string): string =>
    `apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata: {name: ${name}, namespace: shop${more}}\nspec: {kafka: {config: {offsets.topic.replication.factor: 5}}}\n`
  const pool = (name: string, cluster: string, replicas: number): string =>
    `---\napiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaNodePool\nmetadata: {name: ${name}, namespace: shop, labels: {strimzi.io/cluster: ${cluster}}}\nspec: {replicas: ${replicas}, roles: [broker]}\n`
  test.each<[string, string]>([
    ['nothing', kafka('events', '') + pool('kafka', 'events', 3)],
    ['its namespace alone', kafka('events', previous('events')) + pool('kafka', 'events', 3)],
    ['its name', kafka('dev-events', previous('events')) + pool('dev-kafka', 'dev-events', 3)],
    ['nothing, with two pools', kafka('events', '') + pool('a', 'events', 2) + pool('b', 'events', 2)],
  ])('%s', async (_, resources) => {
    const { stdout, stderr } = await run(toResourceList(resources, policy('ReplicationFactor')), plan)
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^error: replication-factor\/[\w-]+: /m)])
  })
})
