import { type KubernetesObject, type TypeMeta, typeOf } from './objects.ts'
import { LABEL_SELECTOR } from './selector.ts'
import { type Mistyped, type Shape, shapeAt, typeErrors } from './type-check.ts'
import { workloadKindOf } from './workload-kinds.ts'

const STRINGS = { '*': 'string' } as const
const METADATA = { namespace: 'string', labels: STRINGS, annotations: STRINGS } as const

const HANDLER = {
  httpGet: { host: 'string', port: 'integerOrString' },
  tcpSocket: { host: 'string', port: 'integerOrString' },
  grpc: { port: 'integer' },
} as const
/** A container, as far as functions read it. The function that sets security contexts knows their fields. */
export const CONTAINER = {
  image: 'string',
  command: ['string'],
  args: ['string'],
  env: [{ name: 'string', value: 'string', valueFrom: { fieldRef: { fieldPath: 'string' } } }],
  ports: [{ name: 'string', containerPort: 'integer', hostPort: 'integer', protocol: 'string' }],
  volumeMounts: [{ name: 'string', mountPath: 'string' }],
  startupProbe: HANDLER,
  readinessProbe: HANDLER,
  livenessProbe: HANDLER,
  lifecycle: { postStart: HANDLER, preStop: HANDLER },
  restartPolicy: 'string',
} as const

const NAMED_CONTAINER = { name: 'required', ...CONTAINER } as const
const POD_TEMPLATE: Shape = {
  metadata: { labels: STRINGS, annotations: STRINGS },
  spec: {
    initContainers: [NAMED_CONTAINER],
    containers: [NAMED_CONTAINER],
    ephemeralContainers: [NAMED_CONTAINER],
    volumes: [
      {
        name: 'string',
        image: { reference: 'string' },
        projected: { sources: [{ serviceAccountToken: { audience: 'string' } }] },
      },
    ],
    os: { name: 'string' },
    hostNetwork: 'boolean',
    serviceAccountName: 'string',
    serviceAccount: 'string',
    imagePullSecrets: [{ name: 'string' }],
    automountServiceAccountToken: 'boolean',
    dnsConfig: { options: [{ name: 'string', value: 'string' }] },
    topologySpreadConstraints: [
      { topologyKey: 'string', whenUnsatisfiable: 'string', maxSkew: 'integer', labelSelector: LABEL_SELECTOR },
    ],
  },
}

const OBJECT: Shape = { metadata: METADATA }
const BACKENDS: Shape = {
  spec: { parentRefs: [{}], rules: [{ backendRefs: [{ name: 'string', port: 'integer' }] }] },
}
const SERVICE_REFERENCE = { name: 'string', namespace: 'string', port: 'integer' } as const
const WEBHOOKS: Shape = { webhooks: [{ clientConfig: { service: SERVICE_REFERENCE } }] }
const INGRESS_BACKEND = {
  service: { name: 'string', port: { number: 'integer', name: 'string' } },
  serviceName: 'string',
  servicePort: 'integerOrString',
} as const
const DESTINATION = { host: 'string', port: { number: 'integer' } } as const
const ROUTES = [
  { route: [{ destination: DESTINATION }], mirror: DESTINATION, mirrors: [{ destination: DESTINATION }] },
] as const
const PEERS = [{ podSelector: LABEL_SELECTOR, namespaceSelector: LABEL_SELECTOR, ipBlock: { cidr: 'string' } }] as const
const POLICY_PORTS = [{ port: 'integerOrString', protocol: 'string' }] as const

/** A reference to an object, as Flux and RBAC write it. */
const REFERENCE: Shape = { kind: 'string', name: 'string', namespace: 'string' }

const ROLE: Shape = { rules: [{ apiGroups: ['string'], resources: ['string'], verbs: ['string'] }] }
const BINDING: Shape = { roleRef: REFERENCE, subjects: [REFERENCE] }
const MONITOR: Shape = { spec: { selector: LABEL_SELECTOR, namespaceSelector: { matchNames: ['string'] } } }

/** The fields except metadata that functions read of kinds without pods; those of workloads are in workload-kinds.ts. */
const KINDS: Readonly<Record<string, Shape>> = {
  '/ConfigMap': { data: STRINGS },
  '/Service': {
    spec: {
      type: 'string',
      clusterIP: 'string',
      selector: STRINGS,
      ports: [{ name: 'string', port: 'integer', targetPort: 'integerOrString', protocol: 'string' }],
    },
  },
  '/ServiceAccount': { automountServiceAccountToken: 'boolean', imagePullSecrets: [{ name: 'string' }] },
  'rbac.authorization.k8s.io/Role': ROLE,
  'rbac.authorization.k8s.io/ClusterRole': ROLE,
  'rbac.authorization.k8s.io/RoleBinding': BINDING,
  'rbac.authorization.k8s.io/ClusterRoleBinding': BINDING,
  'policy/PodDisruptionBudget': {
    spec: { selector: LABEL_SELECTOR, minAvailable: 'integerOrString', maxUnavailable: 'integerOrString' },
  },
  'autoscaling/HorizontalPodAutoscaler': {
    spec: { minReplicas: 'count', scaleTargetRef: { kind: 'string', name: 'string' } },
  },
  'keda.sh/ScaledObject': {
    spec: { minReplicaCount: 'count', idleReplicaCount: 'count', scaleTargetRef: { kind: 'string', name: 'string' } },
  },
  'networking.k8s.io/NetworkPolicy': {
    spec: {
      podSelector: LABEL_SELECTOR,
      policyTypes: ['string'],
      ingress: [{ from: PEERS, ports: POLICY_PORTS }],
      egress: [{ to: PEERS, ports: POLICY_PORTS }],
    },
  },
  'networking.k8s.io/Ingress': {
    spec: {
      defaultBackend: INGRESS_BACKEND,
      backend: INGRESS_BACKEND,
      rules: [{ http: { paths: [{ backend: INGRESS_BACKEND }] } }],
    },
  },
  'gateway.networking.k8s.io/HTTPRoute': BACKENDS,
  'gateway.networking.k8s.io/GRPCRoute': BACKENDS,
  'gateway.networking.k8s.io/TCPRoute': BACKENDS,
  'gateway.networking.k8s.io/TLSRoute': BACKENDS,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': WEBHOOKS,
  'apiregistration.k8s.io/APIService': { spec: { service: SERVICE_REFERENCE } },
  'networking.istio.io/VirtualService': {
    spec: { gateways: ['string'], http: ROUTES, tcp: ROUTES, tls: ROUTES },
  },
  'networking.istio.io/Sidecar': {
    spec: {
      workloadSelector: { labels: STRINGS },
      outboundTrafficPolicy: { mode: 'string' },
      egress: [{ hosts: ['string'] }],
    },
  },
  'networking.istio.io/ServiceEntry': {
    spec: { hosts: ['string'], addresses: ['string'], exportTo: ['string'] },
  },
  'security.istio.io/PeerAuthentication': {
    spec: {
      selector: { matchLabels: STRINGS },
      mtls: { mode: 'string' },
      portLevelMtls: { '*': { mode: 'string' } },
    },
  },
  'security.istio.io/AuthorizationPolicy': { spec: { selector: { matchLabels: STRINGS }, rules: [{}] } },
  'helm.toolkit.fluxcd.io/HelmRelease': {
    spec: {
      chartRef: REFERENCE,
      chart: { spec: { chart: 'string', version: 'string', sourceRef: REFERENCE } },
      valuesFrom: [{ kind: 'string', name: 'string' }],
    },
  },
  'source.toolkit.fluxcd.io/OCIRepository': { spec: { url: 'string' } },
  'source.toolkit.fluxcd.io/HelmRepository': { spec: { url: 'string' } },
  'monitoring.coreos.com/ServiceMonitor': MONITOR,
  'monitoring.coreos.com/PodMonitor': MONITOR,
  'telemetry.istio.io/Telemetry': {
    spec: { selector: { matchLabels: STRINGS }, tracing: [{}], metrics: [{}], accessLogging: [{}] },
  },
  'cilium.io/CiliumNetworkPolicy': { spec: { endpointSelector: LABEL_SELECTOR } },
}

/** The shapes that an object of a type must have, all of them. */
function shapesOf(type: TypeMeta): Shape[] {
  const workload = workloadKindOf(type)
  const own = KINDS[typeOf(type)] ?? workload?.fields
  return [OBJECT, ...(workload ? [shapeAt(workload.template, POD_TEMPLATE)] : []), ...(own ? [own] : [])]
}

/** The values of an object that have another type than the API decodes. */
export const mistypedFields = (object: KubernetesObject): Mistyped[] =>
  shapesOf(object).flatMap((shape) => typeErrors(object, shape, []))
