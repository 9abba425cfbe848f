import { asksForSidecar, isOfTheMesh } from '../../functions/lib/kubernetes/istio.ts'
import type { PodSpec, PodTemplate } from '../../functions/lib/kubernetes/pod-template.ts'
import {
  isForApiServer,
  isHostNetwork,
  isWindows,
  serviceAccountOf,
  usesApiServer,
} from '../../functions/lib/kubernetes/pod-traits.ts'
import { isCalled, isCalledOrHashed, namesOf, namespacesOf } from '../../functions/lib/kubernetes/previous-names.ts'
import { isClusterScoped } from '../../functions/lib/kubernetes/scope.ts'
import { scrapePort, scrapePortAsWritten } from '../../functions/lib/kubernetes/scrape-annotations.ts'
import { isBatch, overrideFor, runsPods, type Workload, workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import {
  controllerLabelsOf,
  isControllerLabel,
  type WorkloadKind,
  workloadKindOf,
} from '../../functions/lib/kubernetes/workload-kinds.ts'

const pods = (spec: object) => ({ template: { spec: spec as PodSpec } })
const typeOf = (type: string) => {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return { apiVersion, kind, metadata: { name: 'a' } }
}

describe('pods', () => {
  test('are on the network of their node if they say so', () => {
    expect([{ hostNetwork: true }, { hostNetwork: false }, {}].map(pods).map(isHostNetwork)).toEqual([
      true,
      false,
      false,
    ])
  })

  test.each<[object, boolean]>([
    [{ os: { name: 'windows' } }, true],
    [{ nodeSelector: { 'kubernetes.io/os': 'windows' } }, true],
    [{ os: { name: 'linux' }, nodeSelector: { 'kubernetes.io/os': 'linux' } }, false],
    [{}, false],
  ])('%j run on Windows: %s', (spec, expected) => expect(isWindows(pods(spec))).toBe(expected))

  test.each<[object, string | undefined]>([
    [{ serviceAccountName: 'cart', serviceAccount: 'old' }, 'cart'],
    [{ serviceAccountName: '', serviceAccount: 'old' }, 'old'],
    [{ serviceAccount: 'old' }, 'old'],
    [{ serviceAccountName: 'default' }, undefined],
    [{ serviceAccountName: '' }, undefined],
    [{}, undefined],
  ])('%j have the account %s', (spec, account) => expect(serviceAccountOf(pods(spec))).toBe(account))

  const projecting = (...sources: object[]) => ({ volumes: [{ name: 'a' }, { name: 'b', projected: { sources } }] })
  test.each<[object, boolean]>([
    [{}, false],
    [{ serviceAccountName: 'cart' }, true],
    [{ serviceAccountName: 'default' }, false],
    [{ automountServiceAccountToken: true }, true],
    [{ serviceAccountName: 'cart', automountServiceAccountToken: false }, false],
    [{ automountServiceAccountToken: false, ...projecting({ serviceAccountToken: { path: 'token' } }) }, true],
    [projecting({ configMap: {} }, { serviceAccountToken: { path: 'token', audience: 'vault' } }), false],
    [{ volumes: [{ name: 'a', projected: {} }] }, false],
    [{ volumes: null }, false],
  ])('%j talk to the API server: %s', (spec, expected) => expect(usesApiServer(pods(spec))).toBe(expected))

  test('a projected token is one for the API server unless it names an audience', () => {
    expect(isForApiServer({ serviceAccountToken: { path: 'token' } })).toBe(true)
    expect(isForApiServer({ serviceAccountToken: { path: 'token', audience: 'vault' } })).toBe(false)
    expect(isForApiServer({ secret: {} })).toBe(false)
  })

  test('are in the mesh, or out of it, by three labels', () => {
    const labels = ['sidecar.istio.io/inject', 'istio.io/rev', 'istio.io/dataplane-mode', 'istio-injection', 'app']
    expect(labels.map(isOfTheMesh)).toEqual([true, true, true, false, false])
    const saying = (value?: string) =>
      ({ labels: value === undefined ? {} : { 'sidecar.istio.io/inject': value } }) as unknown as Workload
    expect(['true', 'false', undefined].map(saying).map(asksForSidecar)).toEqual([true, false, false])
  })
})

describe('the port that Prometheus scrapes is the annotated one', () => {
  const annotated = (annotations?: Record<string, string>): Pick<PodTemplate, 'metadata'> =>
    annotations ? { metadata: { annotations } } : {}
  const port = (text: string) => annotated({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': text })

  test.each<[string, number | undefined]>([
    ['1', 1],
    ['8080', 8080],
    ['65535', 65535],
    ['65536', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['80.5', undefined],
    ['http', undefined],
    ['', undefined],
    ['${PORT}', undefined],
  ])('%j is %s', (text, expected) => {
    expect(scrapePort(port(text))).toBe(expected)
    expect(scrapePortAsWritten(port(text))).toBe(text)
  })

  test.each<[string, Pick<PodTemplate, 'metadata'>]>([
    ['it asks for none', annotated({ 'prometheus.io/scrape': 'false', 'prometheus.io/port': '80' })],
    ['it names none', annotated({ 'prometheus.io/scrape': 'true' })],
    ['it has no annotations', { metadata: {} }],
    ['it has no metadata', annotated()],
  ])('unless %s', (_, template) => {
    expect(scrapePort(template)).toBeUndefined()
    expect(scrapePortAsWritten(template)).toBeUndefined()
  })
})

describe('what Kustomize renamed or moved is known by its earlier names, each once', () => {
  const renamed = (annotations?: Record<string, string>, name = 'dev-cart') => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop', ...(annotations && { annotations }) },
  })
  const noted = renamed({
    'internal.config.kubernetes.io/previousNames': 'cart,dev-cart,old',
    'internal.config.kubernetes.io/previousNamespaces': 'default,shop',
  })

  test('names and namespaces', () => {
    expect(namesOf(noted)).toEqual(['dev-cart', 'cart', 'old'])
    expect(namespacesOf(noted)).toEqual(['shop', 'default'])
    expect(namesOf(renamed())).toEqual(['dev-cart'])
    expect(namespacesOf({ ...renamed({}), metadata: { name: 'a' } })).toEqual([''])
  })

  test('a reference may say any of them, and no other', () => {
    expect(['dev-cart', 'cart', 'old', 'car', 'default'].map((name) => isCalled(noted, name))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })

  test.each<[string, string, boolean]>([
    ['cart-2g7t5kcm84', 'cart', true],
    ['cart', 'cart', true],
    ['cart-2g7t5kcm8', 'cart', false],
    ['cart-2g7t5kcm84x', 'cart', false],
    ['cart-frontend22', 'cart', false],
    ['cart-a-2g7t5kcm84', 'cart', false],
    ['shop-2g7t5kcm84', 'cart', false],
  ])('a generated name ends in a hash of the generator: %s is %s: %s', (name, written, expected) => {
    expect(isCalledOrHashed(renamed(undefined, name), written)).toBe(expected)
  })
})

// Source: `kubectl api-resources --namespaced=false`
test.each([
  ['', 'Namespace', true],
  ['', 'Node', true],
  ['', 'PersistentVolume', true],
  ['', 'PersistentVolumeClaim', false],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', true],
  ['apiregistration.k8s.io', 'APIService', true],
  ['certificates.k8s.io', 'CertificateSigningRequest', true],
  ['networking.k8s.io', 'IngressClass', true],
  ['networking.k8s.io', 'Ingress', false],
  ['node.k8s.io', 'RuntimeClass', true],
  ['policy', 'PodSecurityPolicy', true],
  ['policy', 'PodDisruptionBudget', false],
  ['rbac.authorization.k8s.io', 'ClusterRole', true],
  ['rbac.authorization.k8s.io', 'ClusterRoleBinding', true],
  ['rbac.authorization.k8s.io', 'Role', false],
  ['scheduling.k8s.io', 'PriorityClass', true],
  ['storage.k8s.io', 'CSIDriver', true],
  ['storage.k8s.io', 'CSINode', true],
  ['storage.k8s.io', 'StorageClass', true],
  ['storage.k8s.io', 'VolumeAttachment', true],
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', true],
  ['flowcontrol.apiserver.k8s.io', 'FlowSchema', true],
  ['cert-manager.io', 'ClusterIssuer', true],
  ['cert-manager.io', 'Issuer', false],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy', true],
  ['cilium.io', 'CiliumNetworkPolicy', false],
  ['gateway.networking.k8s.io', 'GatewayClass', true],
  ['gateway.networking.k8s.io', 'Gateway', false],
  ['example.com', 'Namespace', false],
])('of the group %j, a %s is of the cluster as a whole: %s', (group, kind, expected) => {
  expect(isClusterScoped(group, kind)).toBe(expected)
})

describe('what each kind with pods is', () => {
  const KINDS = [
    'v1 Pod',
    'v1 PodTemplate',
    'v1 ReplicationController',
    'apps/v1 Deployment',
    'apps/v1 StatefulSet',
    'apps/v1 DaemonSet',
    'apps/v1 ReplicaSet',
    'batch/v1 Job',
    'batch/v1 CronJob',
    'keda.sh/v1alpha1 ScaledJob',
    'apps.openshift.io/v1 DeploymentConfig',
    'serving.knative.dev/v1 Service',
    'argoproj.io/v1alpha1 Rollout',
  ]
  const thatAre = (is: (kind: Partial<WorkloadKind>) => unknown): string[] =>
    KINDS.filter((type) => is(workloadKindOf(typeOf(type)) ?? {})).map((type) => type.split(' ')[1] as string)
  const workload = (type: string): Workload => ({ object: typeOf(type) }) as Workload

  test('some run to completion', () => {
    const batch = ['Job', 'CronJob', 'ScaledJob']
    expect(thatAre(({ batch: isOne }) => isOne)).toEqual(batch)
    expect(KINDS.filter((type) => isBatch(workload(type))).map((type) => type.split(' ')[1])).toEqual(batch)
    expect(isBatch(workload('kafka.strimzi.io/v1 Kafka'))).toBe(false)
  })

  test('one holds a template alone', () => {
    expect(KINDS.filter((type) => !runsPods(workload(type)))).toEqual(['v1 PodTemplate'])
    expect(runsPods(workload('kafka.strimzi.io/v1 Kafka'))).toBe(true)
  })

  test('some have a scale, by which the disruption controller knows how many there should be', () => {
    expect(thatAre(({ scale }) => scale)).toEqual([
      'ReplicationController',
      'Deployment',
      'StatefulSet',
      'ReplicaSet',
      'DeploymentConfig',
      'Service',
      'Rollout',
    ])
  })

  test('some replace their pods revision by revision, which a label of theirs tells apart', () => {
    const labels = KINDS.flatMap((type) => workloadKindOf(typeOf(type))?.replicated?.revisionLabel ?? [])
    expect(labels).toEqual(['pod-template-hash', 'controller-revision-hash', 'rollouts-pod-template-hash'])
    expect(thatAre(({ replicated }) => replicated)).toEqual(['Deployment', 'StatefulSet', 'Rollout'])
  })

  test('one has pods whose names stay, and one may use the template of another', () => {
    expect(thatAre(({ ordinals }) => ordinals)).toEqual(['StatefulSet'])
    expect(thatAre(({ reference }) => reference)).toEqual(['Rollout'])
  })

  // Source: https://kubernetes.io/docs/reference/labels-annotations-taints/
  test.each([
    ['apps/v1 Deployment', ['pod-template-hash']],
    [
      'apps/v1 StatefulSet',
      ['statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index', 'controller-revision-hash'],
    ],
    ['apps/v1 DaemonSet', ['pod-template-generation', 'controller-revision-hash']],
    ...['batch/v1 Job', 'batch/v1 CronJob', 'keda.sh/v1alpha1 ScaledJob'].map((type): [string, string[]] => [
      type,
      ['job-name', 'batch.kubernetes.io/job-name', 'controller-uid', 'batch.kubernetes.io/controller-uid'],
    ]),
    ['argoproj.io/v1alpha1 Rollout', ['rollouts-pod-template-hash']],
    ['v1 Pod', []],
    ['v1 Service', []],
  ])('the controller of a %s gives its pods %j', (type, labels) => {
    expect(controllerLabelsOf(typeOf(type))).toEqual(labels)
    expect(labels.filter((label) => !isControllerLabel(label))).toEqual([])
  })

  test('a label that people give is none of a controller', () => expect(isControllerLabel('app')).toBe(false))
})

describe('a workload', () => {
  const deployment = (metadata: object, template: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', ...metadata },
    spec: { template },
  })
  const spec = { containers: [{ name: 'app', image: 'app' }] }

  test('is every object with pods, but no patch of one', () => {
    const objects = [
      deployment({ namespace: 'shop' }, { metadata: { labels: { app: 'cart' } }, spec }),
      deployment({}, { spec }),
      deployment({}, { spec: { containers: [{ name: 'app' }] } }),
      deployment({}, { spec: { containers: ['app'] } }),
      deployment({}, { spec: {} }),
      deployment({}, {}),
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, spec: { template: { spec } } },
    ]
    expect(workloadsOf(objects)).toMatchObject([
      { object: objects[0], kind: 'Deployment', name: 'cart', namespace: 'shop', labels: { app: 'cart' } },
      { object: objects[1], kind: 'Deployment', name: 'cart', namespace: '', labels: {} },
    ])
  })

  test('metadata that are set on its template are set on the object', () => {
    const object = deployment({}, { spec })
    const [workload] = workloadsOf([object])
    if (workload) workload.template.metadata = { labels: { app: 'cart' } }
    expect(object.spec.template).toEqual({ spec, metadata: { labels: { app: 'cart' } } })
    expect(workload?.template.metadata).toEqual({ labels: { app: 'cart' } })
  })

  test.each<[string, Record<string, number> | undefined, number | undefined]>([
    ['its name', { cart: 1, shop: 2 }, 1],
    ['its kind and name, before the name alone', { cart: 1, 'Deployment/cart': 2 }, 2],
    ['no other kind', { 'StatefulSet/cart': 1 }, undefined],
    ['no other name', { shop: 1 }, undefined],
    ['nothing, if there are no overrides', undefined, undefined],
  ])('takes the override of %s', (_, overrides, expected) => {
    expect(overrideFor(overrides, { kind: 'Deployment', name: 'cart' })).toBe(expected)
  })

  test('is not called like what every object inherits', () => {
    expect(overrideFor({}, { kind: 'Deployment', name: 'constructor' })).toBeUndefined()
  })
})
