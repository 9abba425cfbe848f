import { listAt, textAt } from '../kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portAt } from './numbers.ts'
import { type Operator, type RuntimePods, samePorts } from './operator.ts'

const MONGODB = 27017

const podsOf = (
  { metadata: { name } }: KubernetesObject,
  part: string,
  label: Record<string, string>,
  port: number,
): RuntimePods => ({
  name: `${name}-${part}`,
  labels: { 'app.kubernetes.io/name': 'percona-server-mongodb', 'app.kubernetes.io/instance': name, ...label },
  furtherLabels: {
    'app.kubernetes.io/managed-by': 'percona-server-mongodb-operator',
    'app.kubernetes.io/part-of': 'percona-server-mongodb',
  },
  ports: [{ port }],
  services: { [`${name}-${part}`]: samePorts(port) },
  // It makes replica sets and users, and asks for their state.
  operator: {
    namespace: 'psmdb-operator',
    labels: [{ name: 'percona-server-mongodb-operator' }, { 'app.kubernetes.io/name': 'psmdb-operator' }],
    ports: [port],
  },
  needsApiServer: false,
})

/** The members of a replica set, of which arbiters and others without a vote have the labels of the set too. */
const replicaSet = (cluster: KubernetesObject, name: string): RuntimePods => ({
  ...podsOf(cluster, name, { 'app.kubernetes.io/replset': name }, MONGODB),
  ports: [{ name: 'mongodb', port: MONGODB }],
  members: [MONGODB],
})

/** With sharding, clients call routers, which find the shards through the replica set of the configuration. */
const shardingOf = (cluster: KubernetesObject): RuntimePods[] =>
  valueAt(cluster, ['spec', 'sharding', 'enabled']) === true
    ? [
        replicaSet(cluster, 'cfg'),
        podsOf(
          cluster,
          'mongos',
          { 'app.kubernetes.io/component': 'mongos' },
          portAt(cluster, ['spec', 'sharding', 'mongos', 'port'], MONGODB),
        ),
      ]
    : []

/** Sources: in https://github.com/percona/percona-server-mongodb-operator/tree/main pkg/naming and pkg/psmdb/service.go */
export const perconaServerMongodb: Operator = {
  name: 'Percona Operator for MongoDB',
  customResources: {
    'psmdb.percona.com/PerconaServerMongoDB': {
      runtimePods: (cluster) => [
        ...listAt(cluster, 'spec', 'replsets').map((set) => replicaSet(cluster, textAt(set, 'name') ?? 'rs0')),
        ...shardingOf(cluster),
      ],
    },
  },
}
