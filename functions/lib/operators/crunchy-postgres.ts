import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portsOfContainers } from './given-ports.ts'
import { portAt } from './numbers.ts'
import { type Operator, type RuntimePods, samePorts } from './operator.ts'

const CLUSTER = 'postgres-operator.crunchydata.com/cluster'
const DATA = 'postgres-operator.crunchydata.com/data'
const ROLE = 'postgres-operator.crunchydata.com/role'
const PGBACKREST = 'postgres-operator.crunchydata.com/pgbackrest'

const POSTGRES = 5432
/** On which instances and the host of repositories call each other for backups and restores. */
const REPOSITORY = 8432

/** Patroni keeps in the API server which instance leads. */
function instancesOf(cluster: KubernetesObject): RuntimePods {
  const { name } = cluster.metadata
  const postgres = portAt(cluster, ['spec', 'port'], POSTGRES)
  const patroni = portAt(cluster, ['spec', 'patroni', 'port'], 8008)
  return {
    name: `${name}-instance`,
    labels: { [CLUSTER]: name, [DATA]: 'postgres' },
    ports: [
      { name: 'postgres', port: postgres },
      { port: patroni },
      { port: REPOSITORY },
      ...(isFields(valueAt(cluster, ['spec', 'monitoring', 'pgmonitor', 'exporter']))
        ? [{ name: 'exporter', port: 9187 }]
        : []),
    ],
    members: [postgres, patroni, REPOSITORY],
    services: Object.fromEntries(['ha', 'primary', 'replicas'].map((role) => [`${name}-${role}`, samePorts(postgres)])),
    needsApiServer: true,
  }
}

/** The host of repositories, and the Jobs that back up, which run their commands through the API server. */
const repositoriesOf = ({ metadata: { name } }: KubernetesObject): RuntimePods => ({
  name: `${name}-repo-host`,
  labels: { [CLUSTER]: name, [PGBACKREST]: '' },
  ports: [{ port: REPOSITORY }],
  members: [REPOSITORY],
  needsApiServer: true,
})

function poolersOf(cluster: KubernetesObject): RuntimePods[] {
  if (!isFields(valueAt(cluster, ['spec', 'proxy', 'pgBouncer']))) return []
  const { name } = cluster.metadata
  const port = portAt(cluster, ['spec', 'proxy', 'pgBouncer', 'port'], POSTGRES)
  return [
    {
      name: `${name}-pgbouncer`,
      labels: { [CLUSTER]: name, [ROLE]: 'pgbouncer' },
      ports: [{ name: 'pgbouncer', port }, ...portsOfContainers(cluster, 'spec', 'proxy', 'pgBouncer', 'containers')],
      services: { [`${name}-pgbouncer`]: samePorts(port) },
      needsApiServer: false,
    },
  ]
}

const podsOf = (cluster: KubernetesObject): RuntimePods[] => [
  instancesOf(cluster),
  ...(isFields(valueAt(cluster, ['spec', 'backups', 'pgbackrest'])) ? [repositoriesOf(cluster)] : []),
  ...poolersOf(cluster),
]

/**
 * Percona's operator for PostgreSQL makes a PostgresCluster of its own objects. Both run commands in their pods through the API
 * server, and call no port of theirs.
 * Sources: in https://github.com/CrunchyData/postgres-operator/tree/main/internal naming/labels.go, naming/names.go and
 * pgbackrest/config.go; https://access.crunchydata.com/documentation/postgres-operator/latest/references/crd
 */
export const crunchyPostgres: Operator = {
  name: 'PGO, Percona Operator for PostgreSQL',
  customResources: {
    'postgres-operator.crunchydata.com/PostgresCluster': { runtimePods: podsOf },
    'pgv2.percona.com/PerconaPGCluster': { runtimePods: podsOf },
  },
}
