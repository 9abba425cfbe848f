import { readObjects } from '../../cli/read-objects.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { parsing } from '../../functions/lib/resource-list/resource-list.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { readYamlText } from '../../functions/lib/yaml/set-in-text.ts'
import { toResourceList } from '../support/examples.ts'

// Inputs made to get past a function, or to make it lose an object or leak a value. Each is refused by name: the id of the
// finding says which rule noticed it, and stdout is empty.

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
    ['members whose wrapping names no kind', within('apiVersion: v1\nmetadata: {name: all}', POD)],
    [
      'a CronJobList whose members name no kind',
      `apiVersion: batch/v1\nkind: CronJobList\nitems: [{metadata: {name: p}, spec: {jobTemplate: {spec: {template: {${SPEC}}}}}}]\n`,
    ],
    [
      'a kind of policies',
      within('apiVersion: krm-hardening.dev/v1alpha1\nkind: Hardening\nmetadata: {name: all}', POD),
    ],
    ['a ResourceList', within('apiVersion: config.kubernetes.io/v1\nkind: ResourceList', POD)],
    [
      'an escaped key',
      within('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: all}', POD).replace('items:', '"it\\x65ms":'),
    ],
    ['an explicit key', `apiVersion: v1\n? kind\n: Pod\nmetadata: {name: x}\n${SPEC}\n`],
    ['an alias for its kind', `apiVersion: v1\nmetadata: {name: x, annotations: {a: &k Pod}}\nkind: *k\n${SPEC}\n`],
  ])('%s', async (_, resources) => {
    await refused(resources, HARDENING, 'security-context-enforcer/privileged')
  })
})

describe('pods without a name, in a list', () => {
  const member = (head: string): string =>
    `{${head}metadata: {generateName: p-}, spec: {hostNetwork: true, containers: [{name: c, image: i}]}}`
  const typed = member('apiVersion: v1, kind: Pod, ')
  test.each<[string, string, string]>([
    ['of pods', 'v1\nkind: PodList', member('')],
    ['of another kind', 'v1\nkind: ConfigMapList', typed],
    ['that is called otherwise', 'example.com/v1\nkind: Foo\nmetadata: {name: all}', typed],
    ['of a kind in lower case', 'v1\nkind: list\nmetadata: {name: all}', typed],
    ['in a ConfigMap', 'v1\nkind: ConfigMap\nmetadata: {name: all}', typed],
  ])('%s are refused', async (_, type, pod) => {
    await refused(`apiVersion: ${type}\nitems: [${pod}]\n`, HARDENING, 'objects/no-name')
  })
})

describe('what kubectl and the API server read as different objects', () => {
  test.each(['v1\nkind: Pod', 'apps/v1\nkind: Deployment', 'kafka.strimzi.io/v1beta2\nkind: Kafka'])(
    '%s with members',
    async (type) => {
      const object = `apiVersion: ${type}\nmetadata: {name: x}\nspec: {}\nitems: [{metadata: {name: y}, spec: {hostNetwork: true}}]\n`
      await refused(object, HARDENING, 'objects/two-readings')
    },
  )
  test('what has no kind, and what has no API version', async () => {
    const spec = 'metadata: {name: x}\nspec: {hostNetwork: true}\n'
    await refused(`apiVersion: v1\nKind: Pod\n${spec}`, HARDENING, 'objects/wrong-identity')
    await refused(`kind: Pod\n${spec}`, HARDENING, 'objects/wrong-identity')
  })
})

describe('a placeholder that one value opens and another one ends', () => {
  const pod = (annotation: string, arg: string, more = ''): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop, annotations: {a: '${annotation}'${more}}}\nspec: {containers: [{name: c, image: i, args: ['${arg}']}]}\n`
  test.each(['${A#', '${A:=', '${A/', '${', '$$${A#', '${A:=${B}', '${A} ${B'])('%s', async (text) => {
    await refused(pod(text, '}'), HARDENING, 'objects/open-placeholder')
  })
  test.each(['${A}', '$${A#', '{"a": "${B:=c}"}', '${A:=${B}}', 'a } ${B}', '$(A'])('not: %s', async (text) => {
    expect(await run(toResourceList(pod(text, '}'), HARDENING), plan)).toMatchObject({ exitCode: 0 })
  })
  test('in a HelmRelease, where it could take in the post-renderer', async () => {
    const release =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x, namespace: shop}\nspec: {chartRef: {kind: OCIRepository, name: x}, values: {a: '${A#'}}\n"
    await refused(release, HARDENING, 'objects/open-placeholder')
  })
  test('not where Flux substitutes nothing', async () => {
    const text = pod('${A#', '}', ', kustomize.toolkit.fluxcd.io/substitute: disabled')
    expect(await run(toResourceList(text, HARDENING), plan)).toMatchObject({ exitCode: 0 })
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
  test.each(['${A:=${B:=true}}', '$${A:=true}', '${A:=tr}ue'])('%s is no placeholder to Flux', async (text) => {
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

describe('a value that may be secret is in no message, even if its type is wrong', () => {
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

describe('a piece of broken YAML is in no message, because it may be a password without its quotes', () => {
  test.each([
    '*hunter2',
    '|hunter2',
    '>hunter2',
    '"a" hunter2',
    '[hunter2',
    '"hunter2',
    '!hunter2 |x',
    '%hunter2',
    '@hunter2',
    '`hunter2',
  ])('%s', async (value) => {
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\nspec:\n  containers:\n  - name: c\n    image: i\n    env:\n    - name: PASSWORD\n      value: ${value}\n`
    expect(await refused(pod, HARDENING, 'input/not-yaml')).not.toContain('hunter2')
    expect(() => readObjects(pod, 'pod.yaml')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    )
  })
  test('nor one of the text of a ConfigMap', async () => {
    for (const text of ['a: *hunter2', 'a: |hunter2', 'a: "b" hunter2'])
      await expect(readYamlText(text, ['a'])).rejects.toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
      )
  })
  test('nor one of what Kustomize printed', () => {
    for (const text of ['a: *hunter2\n', 'a: !hunter2 b\n', 'a: !"hunter2" b\n'])
      expect(() => parsing('item 1', () => readCanonicalYaml(text))).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
      )
  })
})

describe('more copies than Kafka has brokers are refused, where Kustomize renamed', () => {
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
