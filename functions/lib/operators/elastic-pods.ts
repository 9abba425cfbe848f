import { listAt, textAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portsOfContainers } from './given-ports.ts'
import { type PodPort, type RuntimePods, samePorts } from './operator.ts'

/** The Service that the operator makes for an object of a kind: what is appended to the object's name, and the port. */
interface Endpoint {
  suffix: string
  port: number
}
const ELASTICSEARCH: Endpoint = { suffix: '-es-http', port: 9200 }
const REMOTE: Endpoint = { suffix: '-es-remote-cluster', port: 9443 }
const TRANSPORT: Endpoint = { suffix: '-es-transport', port: 9300 }
const KIBANA: Endpoint = { suffix: '-kb-http', port: 5601 }
const FLEET_SERVER: Endpoint = { suffix: '-agent-http', port: 8220 }
const ENTERPRISE_SEARCH: Endpoint = { suffix: '-ent-http', port: 3002 }

/** References under `spec`, each to one object or to a list of them. */
const REFERENCES: readonly (readonly [path: readonly string[], to: Endpoint])[] = [
  [['elasticsearchRef'], ELASTICSEARCH],
  [['elasticsearchRefs'], ELASTICSEARCH],
  [['monitoring', 'metrics', 'elasticsearchRefs'], ELASTICSEARCH],
  [['monitoring', 'logs', 'elasticsearchRefs'], ELASTICSEARCH],
  [['kibanaRef'], KIBANA],
  [['fleetServerRef'], FLEET_SERVER],
  [['enterpriseSearchRef'], ENTERPRISE_SEARCH],
]

type Call = NonNullable<RuntimePods['calls']>[number]

/** The Service of the object that a reference names: of this namespace unless it says another. */
function callTo(reference: unknown, { suffix, port }: Endpoint, { metadata }: KubernetesObject): Call[] {
  const name = textAt(reference, 'name')
  return name === undefined
    ? []
    : [
        {
          namespace: textAt(reference, 'namespace') ?? metadata.namespace ?? '',
          service: textAt(reference, 'serviceName') ?? `${name}${suffix}`,
          port,
        },
      ]
}

/** What an object's references make its pods call. */
export const elasticCalls = (object: KubernetesObject): Call[] => [
  ...REFERENCES.flatMap(([path, to]) => {
    const written = valueAt(object.spec, path)
    return (Array.isArray(written) ? written : [written]).flatMap((reference) => callTo(reference, to, object))
  }),
  // A cluster is called by its API key, if it has one, and else as a node calls another.
  ...listAt(object, 'spec', 'remoteClusters').flatMap(({ elasticsearchRef, apiKey }) =>
    callTo(elasticsearchRef, isFields(apiKey) ? REMOTE : TRANSPORT, object),
  ),
]

/** The operator makes a certificate of its own unless told otherwise, and calls the port by its scheme. */
export const schemeOf = (object: KubernetesObject): string =>
  valueAt(object, ['spec', 'http', 'tls', 'selfSignedCertificate', 'disabled']) === true &&
  valueAt(object, ['spec', 'http', 'tls', 'certificate', 'secretName']) === undefined
    ? 'http'
    : 'https'

interface Facts {
  /** What is appended to the object's name in that of the workload. */
  suffix: string
  /** Value of the label common.k8s.elastic.co/type. */
  type: string
  /** The label that holds the object's name. */
  label: string
  ports?: readonly PodPort[]
  services?: NonNullable<RuntimePods['services']>
}

/** Where an object describes its pods. */
const TEMPLATES = [
  ['podTemplate'],
  ['daemonSet', 'podTemplate'],
  ['deployment', 'podTemplate'],
  ['statefulSet', 'podTemplate'],
] as const

/** The pods of a kind. They have no token unless their template asks for one, and no policy selects those of a node's network. */
export function elasticPods(
  object: KubernetesObject,
  { suffix, type, label, ports = [], services }: Facts,
): RuntimePods[] {
  const { name } = object.metadata
  const template = TEMPLATES.map((path) => valueAt(object.spec, path)).find(isFields)
  if (valueAt(template, ['spec', 'hostNetwork']) === true) return []
  const account = textAt(template, 'spec', 'serviceAccountName')
  return [
    {
      name: `${name}${suffix}`,
      labels: { 'common.k8s.elastic.co/type': type, [label]: name },
      ports: [...ports, ...portsOfContainers(template, 'spec', 'containers')],
      ...(services && { services }),
      calls: elasticCalls(object),
      ...(account !== undefined && { serviceAccount: account }),
      needsApiServer: valueAt(template, ['spec', 'automountServiceAccountToken']) === true,
    },
  ]
}

/** The pods of a kind that serves HTTP on one port. */
export const httpPods = (
  object: KubernetesObject,
  facts: Omit<Facts, 'ports' | 'services'>,
  { suffix, port }: Endpoint,
): RuntimePods[] =>
  elasticPods(object, {
    ...facts,
    ports: [{ name: schemeOf(object), port }],
    services: { [`${object.metadata.name}${suffix}`]: samePorts(port) },
  })

export const kibanaPods = (object: KubernetesObject): RuntimePods[] =>
  httpPods(object, { suffix: '-kb', type: 'kibana', label: 'kibana.k8s.elastic.co/name' }, KIBANA)

/** A Fleet Server serves the agents; the others only call. */
export const agentPods = (object: KubernetesObject): RuntimePods[] => {
  const facts = { suffix: '-agent', type: 'agent', label: 'agent.k8s.elastic.co/name' }
  return valueAt(object, ['spec', 'fleetServerEnabled']) === true
    ? httpPods(object, facts, FLEET_SERVER)
    : elasticPods(object, facts)
}

/** The pods serve metrics of their own, and what the Services of the object lead to. */
export function logstashPods(object: KubernetesObject): RuntimePods[] {
  const { name } = object.metadata
  const given = listAt(object, 'spec', 'services').map((service) => ({
    service: `${name}-ls-${String(service.name)}`,
    ports: listAt(service, 'service', 'spec', 'ports').flatMap(({ port, targetPort = port }) =>
      typeof port === 'number' && typeof targetPort === 'number' ? [{ port, targetPort }] : [],
    ),
  }))
  const inputs = new Set(given.flatMap(({ ports }) => ports.map(({ targetPort }) => targetPort)))
  return elasticPods(object, {
    ...{ suffix: '-ls', type: 'logstash', label: 'logstash.k8s.elastic.co/name' },
    ports: [{ port: 9600 }, ...[...inputs].filter((port) => port !== 9600).map((port) => ({ port }))],
    services: {
      [`${name}-ls-api`]: samePorts(9600),
      ...Object.fromEntries(
        given.map(({ service, ports }) => [
          service,
          Object.fromEntries(ports.map(({ port, targetPort }) => [port, targetPort])),
        ]),
      ),
    },
  })
}
