import { InputError } from '../../functions/lib/framework/input-error.ts'
import { requireWellTyped } from '../../functions/lib/framework/well-typed.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { workloadTypes } from '../../functions/lib/kubernetes/workload-kinds.ts'

// The fields that functions read, by kind: `[]` is each item of a list, `*` each key of a map. A value of another type in any
// of them would be misread, and is refused; so is a list or map on the way to it that is none.

const SELECTOR = [
  'matchLabels.*',
  'matchExpressions[].key',
  'matchExpressions[].operator',
  'matchExpressions[].values[]',
]
const HANDLER = ['httpGet.host', 'httpGet.port', 'tcpSocket.host', 'tcpSocket.port', 'grpc.port']
const CONTAINER = [
  'name',
  'image',
  'command[]',
  'args[]',
  'env[].name',
  'env[].value',
  'env[].valueFrom.fieldRef.fieldPath',
  'ports[].name',
  'ports[].containerPort',
  'ports[].hostPort',
  'ports[].protocol',
  'volumeMounts[].name',
  'volumeMounts[].mountPath',
  'restartPolicy',
  ...['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle.postStart', 'lifecycle.preStop'].flatMap((field) =>
    HANDLER.map((path) => `${field}.${path}`),
  ),
]
const POD = [
  'metadata.labels.*',
  'metadata.annotations.*',
  ...['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    CONTAINER.map((path) => `spec.${list}[].${path}`),
  ),
  'spec.volumes[].name',
  'spec.volumes[].image.reference',
  'spec.volumes[].projected.sources[].serviceAccountToken.audience',
  'spec.os.name',
  'spec.hostNetwork',
  'spec.serviceAccountName',
  'spec.serviceAccount',
  'spec.imagePullSecrets[].name',
  'spec.automountServiceAccountToken',
  'spec.dnsConfig.options[].name',
  'spec.dnsConfig.options[].value',
  'spec.topologySpreadConstraints[].topologyKey',
  'spec.topologySpreadConstraints[].whenUnsatisfiable',
  'spec.topologySpreadConstraints[].maxSkew',
  ...SELECTOR.map((path) => `spec.topologySpreadConstraints[].labelSelector.${path}`),
]
const below = (field: string, paths: readonly string[]): string[] => paths.map((path) => `${field}.${path}`)

const SCALED = ['spec.replicas', ...below('spec.selector', SELECTOR)]
const WORKLOADS: Record<string, readonly string[]> = {
  'apps/Deployment': SCALED,
  'apps/StatefulSet': [...SCALED, 'spec.serviceName', 'spec.ordinals.start'],
  'apps/DaemonSet': below('spec.selector', SELECTOR),
  'apps/ReplicaSet': SCALED,
  'apps.openshift.io/DeploymentConfig': ['spec.replicas'],
  'argoproj.io/Rollout': [...SCALED, 'spec.workloadRef.kind', 'spec.workloadRef.name'],
}

const ROLE = ['rules[].apiGroups[]', 'rules[].resources[]', 'rules[].verbs[]']
const REFERENCE = ['kind', 'name', 'namespace']
const BINDING = [...below('roleRef', REFERENCE), ...below('subjects[]', REFERENCE)]
const BACKENDS = ['spec.parentRefs[]{}', 'spec.rules[].backendRefs[].name', 'spec.rules[].backendRefs[].port']
const WEBHOOKS = below('webhooks[].clientConfig.service', ['name', 'namespace', 'port'])
const INGRESS_BACKEND = ['service.name', 'service.port.number', 'service.port.name', 'serviceName', 'servicePort']
const ROUTES = ['route[].destination', 'mirror', 'mirrors[].destination'].flatMap((field) =>
  below(field, ['host', 'port.number']),
)
const MONITOR = [...below('spec.selector', SELECTOR), 'spec.namespaceSelector.matchNames[]']
const PEERS = [...below('podSelector', SELECTOR), ...below('namespaceSelector', SELECTOR), 'ipBlock.cidr']

const KINDS: Record<string, readonly string[]> = {
  '/ConfigMap': ['data.*'],
  '/Service': [
    'spec.type',
    'spec.clusterIP',
    'spec.selector.*',
    'spec.ports[].name',
    'spec.ports[].port',
    'spec.ports[].targetPort',
    'spec.ports[].protocol',
  ],
  '/ServiceAccount': ['automountServiceAccountToken', 'imagePullSecrets[].name'],
  'rbac.authorization.k8s.io/Role': ROLE,
  'rbac.authorization.k8s.io/ClusterRole': ROLE,
  'rbac.authorization.k8s.io/RoleBinding': BINDING,
  'rbac.authorization.k8s.io/ClusterRoleBinding': BINDING,
  'policy/PodDisruptionBudget': [...below('spec.selector', SELECTOR), 'spec.minAvailable', 'spec.maxUnavailable'],
  'autoscaling/HorizontalPodAutoscaler': ['spec.minReplicas', 'spec.scaleTargetRef.kind', 'spec.scaleTargetRef.name'],
  'keda.sh/ScaledObject': [
    'spec.minReplicaCount',
    'spec.idleReplicaCount',
    'spec.scaleTargetRef.kind',
    'spec.scaleTargetRef.name',
  ],
  'networking.k8s.io/NetworkPolicy': [
    ...below('spec.podSelector', SELECTOR),
    'spec.policyTypes[]',
    ...below('spec.ingress[].from[]', PEERS),
    ...below('spec.egress[].to[]', PEERS),
    ...['ingress', 'egress'].flatMap((list) => below(`spec.${list}[].ports[]`, ['port', 'protocol'])),
  ],
  'networking.k8s.io/Ingress': ['spec.defaultBackend', 'spec.backend', 'spec.rules[].http.paths[].backend'].flatMap(
    (field) => below(field, INGRESS_BACKEND),
  ),
  'gateway.networking.k8s.io/HTTPRoute': BACKENDS,
  'gateway.networking.k8s.io/GRPCRoute': BACKENDS,
  'gateway.networking.k8s.io/TCPRoute': BACKENDS,
  'gateway.networking.k8s.io/TLSRoute': BACKENDS,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': WEBHOOKS,
  'apiregistration.k8s.io/APIService': below('spec.service', ['name', 'namespace', 'port']),
  'networking.istio.io/VirtualService': [
    'spec.gateways[]',
    ...['http', 'tcp', 'tls'].flatMap((list) => below(`spec.${list}[]`, ROUTES)),
  ],
  'networking.istio.io/Sidecar': [
    'spec.workloadSelector.labels.*',
    'spec.outboundTrafficPolicy.mode',
    'spec.egress[].hosts[]',
  ],
  'networking.istio.io/ServiceEntry': ['spec.hosts[]', 'spec.addresses[]', 'spec.exportTo[]'],
  'security.istio.io/PeerAuthentication': [
    'spec.selector.matchLabels.*',
    'spec.mtls.mode',
    'spec.portLevelMtls.*.mode',
  ],
  'security.istio.io/AuthorizationPolicy': ['spec.selector.matchLabels.*', 'spec.rules[]{}'],
  'helm.toolkit.fluxcd.io/HelmRelease': [
    ...below('spec.chartRef', REFERENCE),
    'spec.chart.spec.chart',
    'spec.chart.spec.version',
    ...below('spec.chart.spec.sourceRef', REFERENCE),
    'spec.valuesFrom[].kind',
    'spec.valuesFrom[].name',
  ],
  'source.toolkit.fluxcd.io/OCIRepository': ['spec.url'],
  'source.toolkit.fluxcd.io/HelmRepository': ['spec.url'],
  'monitoring.coreos.com/ServiceMonitor': MONITOR,
  'monitoring.coreos.com/PodMonitor': MONITOR,
  'telemetry.istio.io/Telemetry': [
    'spec.selector.matchLabels.*',
    'spec.tracing[]{}',
    'spec.metrics[]{}',
    'spec.accessLogging[]{}',
  ],
  'cilium.io/CiliumNetworkPolicy': below('spec.endpointSelector', SELECTOR),
}

const objectOf = (type: string): KubernetesObject => {
  const [group, kind = ''] = type.split('/')
  return { apiVersion: group ? `${group}/v1` : 'v1', kind, metadata: { name: 'a' } }
}

/** Every way on which a value at a path can be of another type: the value itself, and each list and map that holds it. */
function wrongValues(path: string): { at: string; value: unknown }[] {
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? []
  return steps.flatMap((step, index) => {
    // Every object has metadata with a name.
    if (step === '{}' || (index === 0 && step === 'metadata')) return []
    const next = steps[index + 1]
    const wrong = next === undefined ? { a: {} } : next === '[]' ? {} : 'text'
    const keys = steps.slice(0, index + 1).map((key) => (key === '*' ? 'any' : key))
    const value = keys.reduceRight<unknown>((inner, key) => (key === '[]' ? [inner] : { [key]: inner }), wrong)
    return [{ at: keys.join('.').replaceAll('.[]', '[0]'), value }]
  })
}

const merged = (object: KubernetesObject, value: unknown): KubernetesObject => {
  const { metadata, ...fields } = value as Partial<KubernetesObject>
  return { ...object, ...fields, metadata: { ...metadata, ...object.metadata } }
}

function refusedPaths(object: KubernetesObject): (string | undefined)[] {
  try {
    requireWellTyped([object])
    return []
  } catch (cause) {
    if (cause instanceof InputError) return cause.findings.map(({ field }) => field?.path)
    throw cause
  }
}

/** The places where a value of another type is not refused. */
const misread = (type: string, paths: readonly string[]): string[] =>
  paths.flatMap((path) =>
    wrongValues(path).flatMap(({ at, value }) =>
      refusedPaths(merged(objectOf(type), value)).includes(at) ? [] : [at],
    ),
  )

test.each(Object.entries(KINDS))('no field of %s is read as what it is not', (type, paths) => {
  expect(misread(type, ['metadata.labels.*', 'metadata.annotations.*', ...paths])).toEqual([])
})

test.each(Object.entries(WORKLOADS))('no field of %s is read as what it is not', (type, paths) => {
  expect(misread(type, paths)).toEqual([])
})

test.each(workloadTypes)('no field of the pods of %s is read as what it is not', (type) => {
  const prefix = {
    '/Pod': '',
    '/PodTemplate': 'template.',
    'batch/CronJob': 'spec.jobTemplate.spec.template.',
    'keda.sh/ScaledJob': 'spec.jobTargetRef.template.',
  }[type]
  expect(
    misread(
      type,
      POD.map((path) => `${prefix ?? 'spec.template.'}${path}`),
    ),
  ).toEqual([])
})

test('a container without a name is refused', () => {
  const pod = {
    ...objectOf('/Pod'),
    spec: { containers: [{ image: 'app' }], initContainers: [{ name: 'a', image: 'a' }] },
  }
  expect(refusedPaths(pod)).toEqual(['spec.containers[0].name'])
})
