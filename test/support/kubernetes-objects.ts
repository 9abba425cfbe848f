import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import fc from './fast-check.ts'

/** Random builds of Kubernetes objects, for properties that hold for any build. */

/** Everything of an object except its name. */
type Body = Fields & { apiVersion: string; kind: string; metadata?: Fields }

/** Text that some reader takes for something else: YAML 1.1, a splitter of lines or items, Kustomize. */
export const anyText = fc.oneof(
  fc.constantFrom('', ' ', 'yes', 'off', 'null', '~', '<<', '=', '.', '0x1F', '0o17', '0123', '1e3', '1_000', '12:30'),
  fc.constantFrom('2024-01-01', '- a', 'a: b', 'a #b', '# a', '*a', '&a', '!a', '%a', '@a', '|', '>', '---', '...'),
  fc.constantFrom('9007199254740993', '0x10000000000000000', '-0', '+1', '.inf', '.NaN', '${A:=b}', '$(A)', '"', "'"),
  fc.constantFrom(
    'a\n- apiVersion: v1\n  kind: Pod\n',
    '  kind: Secret\n  b\n',
    '\n a',
    'a\n\n\n',
    'a\tb',
    '\ta',
    'a ',
  ),
  fc.constantFrom('Zoë', '\u0085', '\u2028', '\uFEFF', '\uE000', '\u0007', '😀', 'items:\n- a\nfunctionConfig: b'),
  fc.string({ maxLength: 12 }),
)

const anyKey = fc.oneof(fc.stringMatching(/^[a-z][a-zA-Z0-9.-]{0,8}$/), fc.constantFrom('y', '1', '<<x', 'a b', 'a: b'))

/** Data that means nothing to any function. */
const anyData = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    anyText,
    fc.constantFrom<unknown>(0, -1, 1.5, 1e21, 2 ** 53, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 3 }),
  ),
})).value as fc.Arbitrary<unknown>

/** An object that no function of the catalogue touches. */
export const bystander: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ apiVersion: fc.constant('example.com/v1'), kind: fc.constant('Widget'), spec: anyData }),
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('ConfigMap'),
    data: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}(\.yaml)?$/), anyText, { maxKeys: 3 }),
  }),
  fc.constant({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    rules: [{ apiGroups: ['*'], resources: ['pods', 'secrets'], verbs: ['get'] }],
  }),
  fc.constant({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'example.com/disk' }),
)

export const DIGEST = `sha256:${'1'.repeat(64)}`

const container = fc.record(
  {
    image: fc.constantFrom('example/cart:1', `quay.io/team/bot@${DIGEST}`, 'registry.internal:5000/a/b:1.2', 'redis'),
    ports: fc.constantFrom<Fields[]>([{ name: 'http', containerPort: 8080 }], [{ containerPort: 9090 }]),
    env: fc.array(fc.record({ name: fc.constantFrom('A', 'B'), value: anyText }), { maxLength: 2 }),
    args: fc.array(anyText, { maxLength: 2 }),
    securityContext: fc.constantFrom<Fields>({}, { runAsUser: 1000 }, { readOnlyRootFilesystem: true }),
  },
  { requiredKeys: ['image'] },
)

const podSpec = fc
  .record(
    {
      containers: fc.array(container, { minLength: 1, maxLength: 2 }),
      serviceAccountName: fc.constantFrom('app', 'default'),
      securityContext: fc.constantFrom<Fields>({}, { runAsNonRoot: true }, { fsGroup: 2000 }),
      terminationGracePeriodSeconds: fc.constantFrom(0, 30),
    },
    { requiredKeys: ['containers'] },
  )
  .map(({ containers, ...spec }) => ({
    ...spec,
    containers: containers.map((each, index) => ({ name: `c${index}`, ...each })),
  }))

const labels = fc.constantFrom({ app: 'cart' }, { app: 'cart', tier: 'yes' }, { app: 'bot' })

const workload = fc
  .record({
    kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'),
    labels,
    spec: podSpec,
    replicas: fc.nat(4),
  })
  .map(({ kind, labels: own, spec, replicas }) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { labels: own },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: 'cart' }),
      selector: { matchLabels: own },
      template: { metadata: { labels: own }, spec },
    },
  }))

const job = podSpec.map((spec) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  spec: { template: { spec: { ...spec, restartPolicy: 'Never' } } },
}))

const others: fc.Arbitrary<Body> = fc.oneof(
  labels.map((selector) => ({
    apiVersion: 'v1',
    kind: 'Service',
    spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  })),
  fc.boolean().map((automountServiceAccountToken) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    automountServiceAccountToken,
  })),
  labels.map((matchLabels) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  })),
)

/** An object that some function reads and most change. */
export const concerned: fc.Arbitrary<Body> = fc.oneof(
  { weight: 4, arbitrary: workload as fc.Arbitrary<Body> },
  { weight: 1, arbitrary: job as fc.Arbitrary<Body> },
  { weight: 2, arbitrary: others },
)

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }

/** Objects of one namespace, each with a name of its own; with the Namespace or without. */
export const named = (bodies: readonly Body[], withNamespace: boolean): KubernetesObject[] => [
  ...(withNamespace ? [NAMESPACE] : []),
  ...bodies.map(({ apiVersion, kind, metadata, ...rest }, index) => ({
    apiVersion,
    kind,
    metadata: { name: `o${index}`, namespace: 'shop', ...metadata },
    ...rest,
  })),
]

export const anyBuild: fc.Arbitrary<KubernetesObject[]> = fc
  .tuple(fc.array(fc.oneof(concerned, bystander), { minLength: 1, maxLength: 6 }), fc.boolean())
  .map(([bodies, withNamespace]) => named(bodies, withNamespace))

/** Policies under which most builds pass, with every function. */
export const anyHardening: fc.Arbitrary<Fields> = fc.record({
  images: fc.record({
    mirrors: fc.constantFrom<Fields>({}, { '*': 'registry.internal/mirror' }),
    digests: fc.constant({ 'example/cart:1': DIGEST, redis: DIGEST, 'registry.internal:5000/a/b:1.2': DIGEST }),
    unusedLock: fc.constant('ignore'),
  }),
  securityContext: fc.record({
    level: fc.constantFrom('restricted', 'baseline'),
    runAsUser: fc.constantFrom(1000, 'off'),
  }),
  replication: fc.constant({}),
  istio: fc.constantFrom<Fields>({}, { ambient: true }, { mtls: 'permissive' }),
  networkPolicy: fc.constant({}),
})
