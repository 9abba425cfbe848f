import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portsOfContainers } from './given-ports.ts'
import { type Operator, type RuntimePods, samePorts } from './operator.ts'

/** The connection poolers of an object, by what is appended to its name; each calls the Service of its role. */
const POOLERS = [
  { field: 'enableConnectionPooler', suffix: '-pooler', calls: '' },
  { field: 'enableReplicaConnectionPooler', suffix: '-pooler-repl', calls: '-repl' },
] as const

/** Settings of a pooler ask for one as well, unless it is switched off. */
const hasPooler = (spec: unknown, field: string): boolean => {
  const enabled = valueAt(spec, [field])
  if (enabled !== undefined) return enabled === true
  return field === 'enableConnectionPooler' && isFields(valueAt(spec, ['connectionPooler']))
}

const poolersOf = ({ metadata, spec }: KubernetesObject): RuntimePods[] =>
  POOLERS.filter(({ field }) => hasPooler(spec, field)).map(({ suffix, calls }) => {
    const name = `${metadata.name}${suffix}`
    return {
      name,
      labels: { 'cluster-name': metadata.name, 'connection-pooler': name },
      furtherLabels: { application: 'db-connection-pooler' },
      ports: [{ port: 5432 }],
      services: { [name]: samePorts(5432) },
      calls: [{ namespace: metadata.namespace ?? '', service: `${metadata.name}${calls}`, port: 5432 }],
      needsApiServer: false,
    }
  })

/** The pods of the CronJob that dumps the databases; it finds the pod that it dumps in the API server. */
const backupsOf = ({ metadata: { name, namespace = '' }, spec }: KubernetesObject): RuntimePods[] =>
  valueAt(spec, ['enableLogicalBackup']) === true
    ? [
        {
          name: `logical-backup-${name}`,
          labels: { application: 'spilo-logical-backup', 'cluster-name': name },
          ports: [],
          calls: [name, `${name}-repl`].map((service) => ({ namespace, service, port: 5432 })),
          needsApiServer: true,
        },
      ]
    : []

/**
 * Patroni keeps in the API server which pod leads. The labels are the defaults of the operator's configuration.
 * Sources: https://postgres-operator.readthedocs.io/en/latest/reference/operator_parameters/ (cluster_labels,
 * cluster_name_label), and in https://github.com/zalando/postgres-operator/tree/v1.14.0 k8sres.go and connection_pooler.go of
 * pkg/cluster, and logical-backup/dump.sh
 */
export const zalandoPostgresOperator: Operator = {
  name: 'Postgres Operator of Zalando',
  customResources: {
    'acid.zalan.do/postgresql': {
      runtimePods: (object) => {
        const { name } = object.metadata
        return [
          {
            name,
            labels: { application: 'spilo', 'cluster-name': name },
            ports: [{ port: 5432 }, { port: 8008 }, { port: 8080 }, ...portsOfContainers(object, 'spec', 'sidecars')],
            // Standbys replicate from the leader, and Patroni asks the other pods for their state.
            members: [5432, 8008],
            services: { [name]: samePorts(5432), [`${name}-repl`]: samePorts(5432) },
            // It makes users and databases, and asks Patroni before it restarts a pod.
            operator: {
              namespace: 'default',
              labels: [{ name: 'postgres-operator' }, { 'app.kubernetes.io/name': 'postgres-operator' }],
              ports: [5432, 8008],
            },
            needsApiServer: true,
          },
          ...poolersOf(object),
          ...backupsOf(object),
        ]
      },
    },
  },
}
