import { listAt, textAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portsOfContainers } from './given-ports.ts'
import { portAt } from './numbers.ts'
import { type CustomResource, type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'
import { callTo } from './service-calls.ts'

interface Facts {
  /** The component, which is the prefix of names and the label. */
  name: string
  port: number
  /** Next to the port of HTTP. */
  further?: readonly PodPort[]
  members?: readonly number[]
  calls?: NonNullable<RuntimePods['calls']>
  needsApiServer: boolean
  /** Where the object describes the component. */
  path?: readonly string[]
  portName?: string
}

function podsOf(object: KubernetesObject, facts: Facts): RuntimePods {
  const { name, further = [], path = ['spec'] } = facts
  const instance = object.metadata.name
  const port = portAt(object, [...path, 'port'], facts.port)
  const given = valueAt(object, [...path, 'podMetadata', 'labels'])
  const account = textAt(object, ...path, 'serviceAccountName')
  const own = [{ name: facts.portName ?? 'http', port }, ...further]
  return {
    name: `${name}-${instance}`,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': instance },
    furtherLabels: {
      ...(isFields(given) && (given as Record<string, string>)),
      'app.kubernetes.io/component': 'monitoring',
      'managed-by': 'vm-operator',
    },
    ports: [...own, ...portsOfContainers(object, ...path, 'containers')],
    ...(facts.members && { members: facts.members }),
    services: { [`${name}-${instance}`]: samePorts(...own.map((one) => one.port)) },
    ...(facts.calls && { calls: facts.calls }),
    ...(account !== undefined && { serviceAccount: account }),
    needsApiServer: facts.needsApiServer,
  }
}

/** The Services that URLs of an object name. */
const callsOf = ({ metadata }: KubernetesObject, places: readonly unknown[]): NonNullable<RuntimePods['calls']> =>
  places.flatMap((place) => callTo(valueAt(place, ['url']), metadata.namespace))

const row = (facts: (object: KubernetesObject) => Facts): CustomResource => ({
  runtimePods: (object) => [podsOf(object, facts(object))],
})

const MESH: readonly PodPort[] = [
  { name: 'mesh-tcp', port: 9094 },
  { name: 'mesh-udp', port: 9094, protocol: 'UDP' },
]

/** Those that answer queries ask each other for what they keep in memory; both kinds call the storage on ports of their own. */
function componentsOf(cluster: KubernetesObject): RuntimePods[] {
  const storage = ['spec', 'vmstorage']
  const insert = portAt(cluster, [...storage, 'vmInsertPort'], 8400)
  const select = portAt(cluster, [...storage, 'vmSelectPort'], 8401)
  const components: Facts[] = [
    {
      ...{ name: 'vmstorage', port: 8482, needsApiServer: false },
      further: [
        { name: 'vminsert', port: insert },
        { name: 'vmselect', port: select },
      ],
      members: [insert, select],
    },
    {
      ...{ name: 'vmselect', port: 8481, needsApiServer: false },
      members: [portAt(cluster, ['spec', 'vmselect', 'port'], 8481)],
    },
    { name: 'vminsert', port: 8480, needsApiServer: false },
  ]
  return components
    .filter(({ name }) => isFields(valueAt(cluster, ['spec', name])))
    .map((facts) => podsOf(cluster, { ...facts, path: ['spec', facts.name] }))
}

/**
 * A VMAgent finds what it scrapes through the API server; it, VMAuth and VMAlertmanager read their configuration from Secrets
 * there too. A VMSingle listens on 8428 from operator v0.62, and on 8429 before, unless the object says so.
 * Sources: https://docs.victoriametrics.com/operator/vars/, https://docs.victoriametrics.com/operator/changelog/, and in
 * https://github.com/VictoriaMetrics/operator/tree/master api/operator/v1beta1 (SelectorLabels), internal/config/config.go
 */
export const victoriaMetrics: Operator = {
  name: 'VictoriaMetrics Operator',
  customResources: {
    'operator.victoriametrics.com/VMSingle': row(() => ({ name: 'vmsingle', port: 8428, needsApiServer: false })),
    'operator.victoriametrics.com/VMAgent': row((agent) => ({
      ...{ name: 'vmagent', port: 8429, needsApiServer: true },
      calls: callsOf(agent, listAt(agent, 'spec', 'remoteWrite')),
    })),
    'operator.victoriametrics.com/VMAlert': row((alert) => ({
      ...{ name: 'vmalert', port: 8080, needsApiServer: false },
      calls: callsOf(alert, [
        ...['datasource', 'remoteWrite', 'remoteRead', 'notifier'].map((field) => valueAt(alert, ['spec', field])),
        ...listAt(alert, 'spec', 'notifiers'),
      ]),
    })),
    'operator.victoriametrics.com/VMAlertmanager': row(() => ({
      ...{ name: 'vmalertmanager', port: 9093, portName: 'web', needsApiServer: true },
      further: MESH,
      members: [9094],
    })),
    'operator.victoriametrics.com/VMAuth': row(() => ({ name: 'vmauth', port: 8427, needsApiServer: true })),
    'operator.victoriametrics.com/VMCluster': { runtimePods: componentsOf },
  },
}
