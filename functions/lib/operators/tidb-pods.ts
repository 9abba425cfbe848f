import { listAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type PodPort, type RuntimePods, samePorts } from './operator.ts'

// Sources: https://docs.pingcap.com/tidb/stable/hardware-and-software-requirements#network-requirements, and
// in https://github.com/pingcap/tidb-operator/tree/v1.6.3 pkg/manager/member, pkg/apis/pingcap/v1alpha1/component_ports.go, and
// the clients of the components in pkg/controller and pkg/pdapi

const PORTS: Readonly<Record<string, readonly PodPort[]>> = {
  pd: [
    { name: 'client', port: 2379 },
    { name: 'server', port: 2380 },
  ],
  tikv: [{ name: 'server', port: 20160 }, { port: 20180 }],
  tidb: [
    { name: 'server', port: 4000 },
    { name: 'status', port: 10080 },
  ],
  tiflash: [
    { port: 3930 },
    { port: 8123 },
    { port: 8234 },
    { port: 9000 },
    { port: 9009 },
    { port: 20170 },
    { port: 20292 },
  ],
  ticdc: [{ port: 8301 }],
  tiproxy: [{ port: 3080 }, { port: 6000 }],
  pump: [{ port: 8250 }],
}

/** The pods of a TidbCluster: those of its components, and of the discovery service, which reads the cluster's objects. */
export const podsOfTidbCluster = (cluster: KubernetesObject): RuntimePods[] => [
  pods(cluster, 'discovery', [{ port: 10261 }, { port: 10262 }], true),
  ...Object.entries(PORTS)
    .filter(([component]) => isFields(valueAt(cluster, ['spec', component])))
    .map(([component, ports]) => pods(cluster, component, ports, false)),
]

/** The Services without an address, by which single pods are called; every port of theirs is reached through them. */
const PEERS: Readonly<Record<string, string>> = {
  pd: '-pd-peer',
  tikv: '-tikv-peer',
  tidb: '-tidb-peer',
  tiflash: '-tiflash-peer',
  ticdc: '-ticdc-peer',
  tiproxy: '-tiproxy-peer',
  pump: '-pump',
}

/** By these the components find each other; clients call the tidb of a cluster, or its tiproxy. */
const SERVICES: Readonly<Record<string, string>> = {
  pd: '-pd',
  tidb: '-tidb',
  tiproxy: '-tiproxy',
  discovery: '-discovery',
}

/** Where the Service of tidb carries the port of clients: 4000, unless the object moves it. */
function clientPort(cluster: KubernetesObject): number {
  const port = valueAt(cluster, ['spec', 'tidb', 'service', 'port'])
  return typeof port === 'number' ? port : 4000
}

function servicesOf(cluster: KubernetesObject, component: string, ports: readonly number[]): RuntimePods['services'] {
  const { name } = cluster.metadata
  const [service, peers] = [SERVICES[component], PEERS[component]]
  return {
    ...(service && { [`${name}${service}`]: samePorts(...ports) }),
    ...(component === 'tidb' && { [`${name}-tidb`]: { [clientPort(cluster)]: 4000, 10080: 10080 } }),
    ...(peers && { [`${name}${peers}`]: samePorts(...ports) }),
  }
}

/**
 * It asks pd for the members of a cluster and moves its regions and leaders, asks tikv for the leaders it has, tidb and tiproxy
 * for their state, and drains ticdc.
 */
const OPERATOR_CALLS: Readonly<Record<string, readonly number[]>> = {
  pd: [2379],
  tikv: [20180],
  tidb: [10080],
  ticdc: [8301],
  tiproxy: [3080],
}

/** The ports of metrics, which the Prometheus of a TidbMonitor scrapes. */
const METRICS: Readonly<Record<string, number>> = {
  pd: 2379,
  tikv: 20180,
  tidb: 10080,
  tiflash: 8234,
  ticdc: 8301,
  tiproxy: 3080,
  pump: 8250,
}

/** A Prometheus, which finds pods in the API server, and a Grafana in one pod. */
export function podsOfTidbMonitor(monitor: KubernetesObject): RuntimePods[] {
  const { name, namespace = '' } = monitor.metadata
  const hasGrafana = isFields(valueAt(monitor, ['spec', 'grafana']))
  return [
    {
      name: `${name}-monitor`,
      labels: {
        'app.kubernetes.io/name': 'tidb-cluster',
        'app.kubernetes.io/instance': name,
        'app.kubernetes.io/component': 'monitor',
      },
      ports: [
        { name: 'prometheus', port: 9090 },
        { name: 'reloader', port: 9089 },
        ...(hasGrafana ? [{ name: 'grafana', port: 3000 }] : []),
      ],
      services: {
        [`${name}-prometheus`]: samePorts(9090),
        [`${name}-reloader`]: samePorts(9089),
        ...(hasGrafana && { [`${name}-grafana`]: samePorts(3000) }),
      },
      calls: listAt(monitor, 'spec', 'clusters').flatMap((cluster) =>
        Object.entries(METRICS).map(([component, port]) => ({
          namespace: typeof cluster.namespace === 'string' ? cluster.namespace : namespace,
          service: `${String(cluster.name)}${PEERS[component]}`,
          port,
        })),
      ),
      needsApiServer: true,
    },
  ]
}

/** The operator takes the instance from the label of the cluster, if it has one. */
const pods = (
  cluster: KubernetesObject,
  component: string,
  ports: readonly PodPort[],
  needsApiServer: boolean,
): RuntimePods => ({
  name: `${cluster.metadata.name}-${component}`,
  labels: {
    'app.kubernetes.io/name': 'tidb-cluster',
    'app.kubernetes.io/instance': cluster.metadata.labels?.['app.kubernetes.io/instance'] ?? cluster.metadata.name,
    'app.kubernetes.io/component': component,
  },
  ports,
  members: ports.map(({ port }) => port),
  ...(OPERATOR_CALLS[component] && {
    operator: {
      namespace: 'tidb-admin',
      labels: [{ 'app.kubernetes.io/name': 'tidb-operator', 'app.kubernetes.io/component': 'controller-manager' }],
      ports: OPERATOR_CALLS[component],
    },
  }),
  services: servicesOf(
    cluster,
    component,
    ports.map(({ port }) => port),
  ),
  needsApiServer,
})
