import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type PodPort, type RuntimePods, samePorts } from './operator.ts'

// Sources: https://docs.pingcap.com/tidb/stable/hardware-and-software-requirements#network-requirements, and
// https://github.com/pingcap/tidb-operator/tree/v1.6.3/pkg/manager/member

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
  tiflash: [{ port: 3930 }, { port: 8123 }, { port: 8234 }, { port: 9000 }, { port: 20170 }, { port: 20292 }],
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

/** By these the components find and call each other; clients call the tidb of a cluster, or its tiproxy. */
const SERVICES: Readonly<Record<string, string>> = {
  pd: '-pd',
  tidb: '-tidb',
  tiproxy: '-tiproxy',
  discovery: '-discovery',
}

/** It asks pd for the members of a cluster and moves its regions and leaders, and asks tidb for its state. */
const OPERATOR_CALLS: Readonly<Record<string, readonly number[]>> = { pd: [2379], tidb: [10080] }

/** The operator takes the instance from the label of the cluster, if it has one. */
const pods = (
  { metadata }: KubernetesObject,
  component: string,
  ports: readonly PodPort[],
  needsApiServer: boolean,
): RuntimePods => ({
  name: `${metadata.name}-${component}`,
  labels: {
    'app.kubernetes.io/name': 'tidb-cluster',
    'app.kubernetes.io/instance': metadata.labels?.['app.kubernetes.io/instance'] ?? metadata.name,
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
  ...(SERVICES[component] && {
    services: { [`${metadata.name}${SERVICES[component]}`]: samePorts(...ports.map(({ port }) => port)) },
  }),
  needsApiServer,
})
