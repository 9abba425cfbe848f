import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const MYSQL: readonly PodPort[] = [
  { name: 'mysql', port: 3306 },
  { name: 'mysql-admin', port: 33062 },
]

/** For copies of the state, the replication of writes, and what a node has missed. */
const GALERA: readonly PodPort[] = [
  { name: 'sst', port: 4444 },
  { name: 'write-set', port: 4567 },
  { name: 'ist', port: 4568 },
]

const PORTS: Readonly<Record<string, readonly PodPort[]>> = {
  pxc: [...MYSQL, ...GALERA, { name: 'mysqlx', port: 33060 }],
  haproxy: [
    ...MYSQL,
    { name: 'mysql-replicas', port: 3307 },
    { name: 'proxy-protocol', port: 3309 },
    { name: 'mysqlx', port: 33060 },
  ],
  proxysql: [
    { name: 'mysql', port: 3306 },
    { name: 'proxyadm', port: 6032 },
  ],
}

const MEMBERS: Readonly<Record<string, readonly number[]>> = {
  pxc: [3306, 33062, 4444, 4567, 4568],
  // The members of ProxySQL exchange their configuration.
  proxysql: [6032],
}

/** The replicas of a component have a Service of their own. */
const servicesOf = (name: string, component: string): RuntimePods['services'] => ({
  [`${name}-${component}`]: samePorts(
    ...(PORTS[component] ?? []).filter((port) => !GALERA.includes(port)).map(({ port }) => port),
  ),
  ...(component === 'haproxy' && { [`${name}-haproxy-replicas`]: { 3306: 3307 } }),
  ...(component === 'pxc' && { [`${name}-pxc-unready`]: samePorts(3306, 33062, 33060) }),
  ...(component === 'proxysql' && { [`${name}-proxysql-unready`]: samePorts(3306, 6032) }),
})

const isEnabled = (cluster: KubernetesObject, ...path: string[]): boolean =>
  valueAt(cluster, ['spec', ...path, 'enabled']) === true

/** Labels of the pods, and what they share with those of every component. */
const identityOf = (name: string, component: string): Pick<RuntimePods, 'name' | 'labels' | 'furtherLabels'> => ({
  name: `${name}-${component}`,
  labels: {
    'app.kubernetes.io/name': 'percona-xtradb-cluster',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': component,
  },
  furtherLabels: {
    'app.kubernetes.io/managed-by': 'percona-xtradb-cluster-operator',
    'app.kubernetes.io/part-of': 'percona-xtradb-cluster',
  },
})

/** Reads the binary logs of the nodes, and keeps them in a store outside. */
const collectorOf = (cluster: KubernetesObject): RuntimePods[] =>
  isEnabled(cluster, 'backup', 'pitr')
    ? [{ ...identityOf(cluster.metadata.name, 'pitr'), ports: [], needsApiServer: false }]
    : []

/** Joins the cluster for a copy of its state, which a node sends to it. */
const backupsOf = ({ metadata: { name }, ...cluster }: KubernetesObject): RuntimePods[] =>
  isFields(valueAt(cluster, ['spec', 'backup', 'storages']))
    ? [
        {
          name: `${name}-backup`,
          labels: { 'percona.com/cluster': name, 'percona.com/backup-type': 'xtrabackup' },
          ports: GALERA,
          members: GALERA.map(({ port }) => port),
          needsApiServer: false,
        },
      ]
    : []

const podsOf = ({ metadata: { name } }: KubernetesObject, component: string): RuntimePods => ({
  ...identityOf(name, component),
  ports: PORTS[component] ?? [],
  ...(MEMBERS[component] && { members: MEMBERS[component] }),
  services: servicesOf(name, component),
  // It makes users, and asks the nodes and the administration of a proxy for their state.
  operator: {
    namespace: 'pxc-operator',
    labels: [
      { 'app.kubernetes.io/name': 'percona-xtradb-cluster-operator' },
      { 'app.kubernetes.io/name': 'pxc-operator' },
    ],
    ports: component === 'proxysql' ? [6032] : [3306, 33062],
  },
  needsApiServer: false,
})

/**
 * A proxy runs if it is enabled. Pods find each other by DNS.
 * Sources: https://docs.percona.com/percona-operator-for-mysql/pxc/expose.html, and pkg/naming and pkg/pxc/app of
 * https://github.com/percona/percona-xtradb-cluster-operator/tree/v1.16.1
 */
export const perconaXtradbCluster: Operator = {
  name: 'Percona Operator for MySQL',
  customResources: {
    'pxc.percona.com/PerconaXtraDBCluster': {
      runtimePods: (cluster) => [
        ...['pxc', ...['haproxy', 'proxysql'].filter((proxy) => isEnabled(cluster, proxy))].map((component) =>
          podsOf(cluster, component),
        ),
        ...collectorOf(cluster),
        ...backupsOf(cluster),
      ],
    },
  },
}
