import { listAt, textAt } from '../kubernetes/fields.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const PORTS: readonly PodPort[] = [
  { name: 'native', port: 9042 },
  { name: 'tls-native', port: 9142 },
  { name: 'internode', port: 7000 },
  { name: 'tls-internode', port: 7001 },
  { name: 'jmx', port: 7199 },
  { name: 'mgmt-api-http', port: 8080 },
  { name: 'prometheus', port: 9103 },
  { name: 'metrics', port: 9000 },
]
const SERVED = [9042, 9142, 8080, 9103, 9000]

/** The name of a cluster may hold what labels and Services cannot: then the datacenter alone is known. */
const isPlain = (cluster: string): boolean => /^[a-z0-9-]+$/.test(cluster)

const datacenter = (cluster: string, name: string): RuntimePods => ({
  name,
  labels: {
    'cassandra.datastax.com/datacenter': name,
    ...(isPlain(cluster) && { 'cassandra.datastax.com/cluster': cluster }),
  },
  ports: PORTS,
  members: [7000, 7001],
  services: isPlain(cluster)
    ? {
        [`${cluster}-${name}-service`]: samePorts(...SERVED),
        [`${cluster}-${name}-all-pods-service`]: samePorts(...SERVED),
        [`${cluster}-seed-service`]: samePorts(...SERVED),
      }
    : {},
  // It starts, drains and asks the nodes through their API of management.
  operator: {
    namespace: 'cass-operator',
    labels: [{ name: 'cass-operator' }, { 'app.kubernetes.io/name': 'cass-operator' }],
    ports: [8080],
  },
  needsApiServer: false,
})

/** The datacenters of a cluster that are in its own namespace and Kubernetes cluster. */
const datacentersOf = (object: KubernetesObject): RuntimePods[] =>
  listAt(object, 'spec', 'cassandra', 'datacenters').flatMap((one) => {
    const name = textAt(one, 'metadata', 'name')
    const isHere = [undefined, object.metadata.namespace].includes(textAt(one, 'metadata', 'namespace'))
    if (name === undefined || !isHere || textAt(one, 'k8sContext') !== undefined) return []
    return [datacenter(textAt(object, 'spec', 'cassandra', 'clusterName') ?? object.metadata.name, name)]
  })

/** Source: https://github.com/k8ssandra/cass-operator/blob/master/apis/cassandra/v1beta1/cassandradatacenter_types.go */
export const cassOperator: Operator = {
  name: 'K8ssandra',
  customResources: {
    'cassandra.datastax.com/CassandraDatacenter': {
      runtimePods: ({ metadata: { name }, spec }) => [datacenter(textAt(spec, 'clusterName') ?? '', name)],
    },
    'k8ssandra.io/K8ssandraCluster': { runtimePods: datacentersOf },
  },
}
