import { listAt } from '../kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portAt } from './numbers.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'
import { callTo } from './service-calls.ts'

const SETTINGS = ['spec', 'configuration', 'settings']

/** A port that is open only if the settings name it. */
const ifSet = (object: KubernetesObject, setting: string): PodPort[] =>
  valueAt(object, [...SETTINGS, setting]) === undefined ? [] : [{ port: portAt(object, [...SETTINGS, setting], 0) }]

/** ZooKeeper, or a Keeper, by which the replicas agree. */
const keepersOf = (object: KubernetesObject): NonNullable<RuntimePods['calls']> =>
  listAt(object, 'spec', 'configuration', 'zookeeper', 'nodes').flatMap(({ host, port }) =>
    callTo(host, object.metadata.namespace, typeof port === 'number' ? port : 2181),
  )

function hostsOf(object: KubernetesObject): RuntimePods {
  const { name } = object.metadata
  const http = portAt(object, [...SETTINGS, 'http_port'], 8123)
  const tcp = portAt(object, [...SETTINGS, 'tcp_port'], 9000)
  const interserver = portAt(object, [...SETTINGS, 'interserver_http_port'], 9009)
  const secure = ifSet(object, 'tcp_port_secure')
  return {
    name: `chi-${name}`,
    labels: { 'clickhouse.altinity.com/chi': name },
    furtherLabels: { 'clickhouse.altinity.com/app': 'chop' },
    ports: [
      { name: 'http', port: http },
      { name: 'tcp', port: tcp },
      { name: 'interserver', port: interserver },
      ...secure,
      ...ifSet(object, 'https_port'),
    ],
    // Queries over several shards, and the parts of tables that replicas fetch.
    members: [tcp, interserver, ...secure.map(({ port }) => port)],
    services: { [`clickhouse-${name}`]: samePorts(http, tcp) },
    calls: keepersOf(object),
    // It makes tables on new hosts, and asks for their state.
    operator: {
      namespace: 'kube-system',
      labels: [{ app: 'clickhouse-operator' }, { 'app.kubernetes.io/name': 'altinity-clickhouse-operator' }],
      ports: [http],
    },
    needsApiServer: false,
  }
}

/** Sources: in https://github.com/Altinity/clickhouse-operator/tree/master pkg/apis/clickhouse.altinity.com/v1, pkg/model/chi and pkg/model/chk */
export const clickhouseOperator: Operator = {
  name: 'ClickHouse Operator of Altinity',
  customResources: {
    'clickhouse.altinity.com/ClickHouseInstallation': { runtimePods: (object) => [hostsOf(object)] },
    'clickhouse-keeper.altinity.com/ClickHouseKeeperInstallation': {
      runtimePods: ({ metadata: { name } }) => [
        {
          name: `chk-${name}`,
          labels: { 'clickhouse-keeper.altinity.com/chk': name },
          ports: [
            { name: 'zk', port: 2181 },
            { name: 'raft', port: 9444 },
          ],
          members: [9444],
          services: { [`keeper-${name}`]: samePorts(2181, 9444) },
          needsApiServer: false,
        },
      ],
    },
  },
}
