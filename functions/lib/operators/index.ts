import { type KubernetesObject, type TypeMeta, typeOf } from '../kubernetes/objects.ts'
import { type Mistyped, shapeAt, typeErrors } from '../kubernetes/type-check.ts'
import { argoWorkflows } from './argo-workflows.ts'
import { cassOperator } from './cass-operator.ts'
import { certManager } from './cert-manager.ts'
import { clickhouseOperator } from './clickhouse-operator.ts'
import { cloudNativePg } from './cloudnative-pg.ts'
import { crunchyPostgres } from './crunchy-postgres.ts'
import { elasticCloudOnKubernetes } from './elastic-cloud-on-kubernetes.ts'
import { flinkOperator } from './flink-operator.ts'
import { foreignRuntimePods, mayMakePods } from './foreign-runtime-pods.ts'
import { grafanaOperator } from './grafana-operator.ts'
import { jaegerOperator } from './jaeger-operator.ts'
import { keycloakOperator } from './keycloak-operator.ts'
import { knative } from './knative.ts'
import { minioOperator } from './minio-operator.ts'
import { mongodbCommunity } from './mongodb-community.ts'
import { opentelemetryOperator } from './opentelemetry-operator.ts'
import type { CustomResource, ImageSetting, Operator, RuntimePods } from './operator.ts'
import { operatorLifecycleManager } from './operator-lifecycle-manager.ts'
import { perconaServerMongodb } from './percona-server-mongodb.ts'
import { perconaXtradbCluster } from './percona-xtradb-cluster.ts'
import { prometheusOperator } from './prometheus-operator.ts'
import { rabbitmqOperator } from './rabbitmq-operator.ts'
import { redisFailover } from './redis-failover.ts'
import { redisOperator } from './redis-operator.ts'
import { sparkOperator } from './spark-operator.ts'
import { strimzi } from './strimzi.ts'
import { tidb } from './tidb.ts'
import { victoriaMetrics } from './victoria-metrics.ts'
import { vitess } from './vitess.ts'
import { zalandoPostgresOperator } from './zalando-postgres-operator.ts'

/** One file an operator: a new one is a file and a line here, a new kind of a known one a row in its file. */
export const OPERATORS: readonly Operator[] = [
  argoWorkflows,
  cassOperator,
  certManager,
  clickhouseOperator,
  cloudNativePg,
  crunchyPostgres,
  elasticCloudOnKubernetes,
  flinkOperator,
  grafanaOperator,
  jaegerOperator,
  keycloakOperator,
  knative,
  minioOperator,
  mongodbCommunity,
  opentelemetryOperator,
  operatorLifecycleManager,
  perconaServerMongodb,
  perconaXtradbCluster,
  prometheusOperator,
  rabbitmqOperator,
  redisFailover,
  redisOperator,
  sparkOperator,
  strimzi,
  tidb,
  victoriaMetrics,
  vitess,
  zalandoPostgresOperator,
]

/** Every known custom resource, by `group/Kind`. */
export const CUSTOM_RESOURCES: Readonly<Record<string, CustomResource>> = Object.assign(
  {},
  ...OPERATORS.map(({ customResources }) => customResources),
)

/** How the known operators are told which images to run. */
export const IMAGE_SETTINGS: readonly ImageSetting[] = OPERATORS.flatMap(({ imageSettings = [] }) => imageSettings)

/** What is known about an object's kind; undefined if nothing is. */
export function customResourceOf(object: TypeMeta): CustomResource | undefined {
  const type = typeOf(object)
  return Object.hasOwn(CUSTOM_RESOURCES, type) ? CUSTOM_RESOURCES[type] : undefined
}

/** The values of an object that have another type than its CustomResourceDefinition says. */
export function mistypedCustomFields(object: KubernetesObject): Mistyped[] {
  const { shape, replicas = {}, imagePullSecrets } = customResourceOf(object) ?? {}
  const shapes = Object.values(replicas).map((path) => shapeAt(path, 'count'))
  if (imagePullSecrets) shapes.push(shapeAt(imagePullSecrets, [{ name: 'string' }]))
  return [...shapes, ...(shape ? [shape] : [])].flatMap((each) => typeErrors(object, each, []))
}

/** The pods that an operator makes for an object; of a kind that is not known, those of the templates in it. */
export const runtimePodsOf = (object: KubernetesObject): RuntimePods[] => {
  const known = customResourceOf(object)
  return known ? (known.runtimePods?.(object) ?? []) : foreignRuntimePods(object)
}

/** May an operator make pods for this item? */
export function makesPods(item: TypeMeta & { text?: string }): boolean {
  const known = customResourceOf(item)
  return known ? known.runtimePods !== undefined : mayMakePods(item)
}
