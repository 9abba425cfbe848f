import { textAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portAt } from './numbers.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const settingOf = (object: KubernetesObject, key: string, standard: number): number =>
  portAt(object, ['spec', 'sparkConf', key], standard)

const exporterOf = (object: KubernetesObject): PodPort[] => {
  const path = ['spec', 'monitoring', 'prometheus']
  return isFields(valueAt(object, path))
    ? [{ name: 'jmx-exporter', port: portAt(object, [...path, 'port'], 8090) }]
    : []
}

const podsOf = (object: KubernetesObject, role: string): Pick<RuntimePods, 'name' | 'labels' | 'furtherLabels'> => {
  const given = valueAt(object, ['spec', role, 'labels'])
  return {
    name: `${object.metadata.name}-${role}`,
    labels: { 'sparkoperator.k8s.io/app-name': object.metadata.name, 'spark-role': role },
    ...(isFields(given) && { furtherLabels: given as Record<string, string> }),
  }
}

/** The driver makes the pods of the executors, which call it and each other. */
function driverOf(object: KubernetesObject): RuntimePods {
  const ui = settingOf(object, 'spark.ui.port', 4040)
  const rpc = settingOf(object, 'spark.driver.port', 7078)
  const blocks = settingOf(object, 'spark.driver.blockManager.port', settingOf(object, 'spark.blockManager.port', 7079))
  const account = textAt(object, 'spec', 'driver', 'serviceAccount')
  return {
    ...podsOf(object, 'driver'),
    ports: [
      { name: 'driver-rpc-port', port: rpc },
      { name: 'blockmanager', port: blocks },
      { name: 'spark-ui', port: ui },
      ...exporterOf(object),
    ],
    members: [rpc, blocks],
    services: { [`${object.metadata.name}-ui-svc`]: samePorts(ui) },
    ...(account !== undefined && { serviceAccount: account }),
    needsApiServer: true,
  }
}

/** They give their blocks on any port, unless the configuration fixes it. */
function executorsOf(object: KubernetesObject): RuntimePods {
  const blocks = settingOf(object, 'spark.blockManager.port', 0)
  const own: PodPort = blocks > 0 ? { name: 'blockmanager', port: blocks } : { port: 1024, endPort: 65535 }
  return {
    ...podsOf(object, 'executor'),
    ports: [own, ...exporterOf(object)],
    members: [own.port],
    needsApiServer: false,
  }
}

/**
 * Sources: https://spark.apache.org/docs/latest/running-on-kubernetes.html,
 * https://spark.apache.org/docs/latest/configuration.html#networking,
 * https://github.com/apache/spark/blob/master/resource-managers/kubernetes/core/src/main/scala/org/apache/spark/deploy/k8s/Constants.scala,
 * https://github.com/kubeflow/spark-operator/blob/master/docs/api-docs.md
 */
export const sparkOperator: Operator = {
  name: 'Spark Operator',
  customResources: {
    'sparkoperator.k8s.io/SparkApplication': {
      images: ['spec.image', 'spec.driver.image', 'spec.executor.image'],
      runtimePods: (object) => [driverOf(object), executorsOf(object)],
    },
  },
}
