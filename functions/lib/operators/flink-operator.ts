import { textAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portAt } from './numbers.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const CONFIGURATION = ['spec', 'flinkConfiguration']

const settingOf = (object: KubernetesObject, key: string, standard: number): number =>
  portAt(object, [...CONFIGURATION, key], standard)

/** Leaders and checkpoints may be kept in ConfigMaps, which every pod then watches. */
const isHighlyAvailable = (object: KubernetesObject): boolean =>
  ['high-availability.type', 'high-availability'].some((key) =>
    /kubernetes/i.test(String(valueAt(object, [...CONFIGURATION, key]) ?? '')),
  )

/** What tasks exchange, and what is asked for metrics: on any port, unless the configuration fixes both. */
function portsOfTasks(object: KubernetesObject): PodPort[] {
  const rpc = { name: 'taskmanager-rpc', port: settingOf(object, 'taskmanager.rpc.port', 6122) }
  const fixed = ['taskmanager.data.port', 'metrics.internal.query-service.port'].map((key) => settingOf(object, key, 0))
  return fixed.every((port) => port > 0)
    ? [rpc, ...fixed.map((port) => ({ port }))]
    : [rpc, { port: 1024, endPort: 65535 }]
}

function podsOf(object: KubernetesObject, component: string, ports: readonly PodPort[]): RuntimePods {
  const { name } = object.metadata
  const given = valueAt(object, ['spec', 'podTemplate', 'metadata', 'labels'])
  const account = textAt(object, 'spec', 'serviceAccount')
  return {
    name: component === 'jobmanager' ? name : `${name}-${component}`,
    labels: { app: name, component },
    ...(isFields(given) && { furtherLabels: given as Record<string, string> }),
    ports,
    members: ports.map(({ port }) => port),
    ...(account !== undefined && { serviceAccount: account }),
    needsApiServer: isHighlyAvailable(object),
  }
}

/** In native mode the job manager makes the pods of the tasks. */
function jobManagers(object: KubernetesObject): RuntimePods {
  const { name } = object.metadata
  const rest = settingOf(object, 'rest.port', 8081)
  const own = [settingOf(object, 'jobmanager.rpc.port', 6123), settingOf(object, 'blob.server.port', 6124)]
  const pods = podsOf(object, 'jobmanager', [
    { name: 'rest', port: rest },
    { name: 'jobmanager-rpc', port: own[0] as number },
    { name: 'blobserver', port: own[1] as number },
  ])
  return {
    ...pods,
    services: { [`${name}-rest`]: samePorts(rest), [name]: samePorts(...own) },
    // It submits jobs, and asks for their state.
    operator: {
      namespace: 'default',
      labels: [{ 'app.kubernetes.io/name': 'flink-kubernetes-operator' }],
      ports: [rest],
    },
    needsApiServer: pods.needsApiServer || valueAt(object, ['spec', 'mode']) !== 'standalone',
  }
}

/**
 * Sources: https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/config/,
 * https://github.com/apache/flink/blob/master/flink-kubernetes/src/main/java/org/apache/flink/kubernetes/utils/Constants.java,
 * https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-stable/docs/custom-resource/reference/
 */
export const flinkOperator: Operator = {
  name: 'Flink Kubernetes Operator',
  customResources: {
    'flink.apache.org/FlinkDeployment': {
      images: ['spec.image'],
      runtimePods: (object) => [jobManagers(object), podsOf(object, 'taskmanager', portsOfTasks(object))],
    },
  },
}
