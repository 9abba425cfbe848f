import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { Labels } from '../kubernetes/selector.ts'
import { type Operator, type RuntimePods, samePorts } from './operator.ts'

/** The operator makes a certificate of its own unless told otherwise, and calls the port by its scheme. */
const scheme = (object: KubernetesObject): string =>
  valueAt(object, ['spec', 'http', 'tls', 'selfSignedCertificate', 'disabled']) === true &&
  valueAt(object, ['spec', 'http', 'tls', 'certificate', 'secretName']) === undefined
    ? 'http'
    : 'https'

/** Of the manifests, and of the chart. */
const OWN_LABELS: readonly Labels[] = [
  { 'control-plane': 'elastic-operator' },
  { 'app.kubernetes.io/name': 'elastic-operator' },
]

/** The Services of the objects that a reference names: of this namespace unless it says another. */
function calledBy(
  { metadata, spec }: KubernetesObject,
  field: string,
  suffix: string,
  port: number,
): NonNullable<RuntimePods['calls']> {
  const written = valueAt(spec, [field])
  return (Array.isArray(written) ? written : [written]).filter(isFields).flatMap(({ name, namespace, serviceName }) =>
    typeof name === 'string' && name !== ''
      ? [
          {
            namespace: typeof namespace === 'string' ? namespace : (metadata.namespace ?? ''),
            service: typeof serviceName === 'string' ? serviceName : `${name}${suffix}`,
            port,
          },
        ]
      : [],
  )
}

const callsElasticsearch = (object: KubernetesObject) => calledBy(object, 'elasticsearchRef', '-es-http', 9200)
const callsKibana = (object: KubernetesObject) => calledBy(object, 'kibanaRef', '-kb-http', 5601)

/**
 * Sources: https://www.elastic.co/docs/deploy-manage/security/k8s-network-policies, which isolates these pods without egress
 * to the API server; pkg/controller/apmserver and pkg/controller/logstash of
 * https://github.com/elastic/cloud-on-k8s/tree/v2.16.1 for labels, ports and Services.
 */
export const elasticCloudOnKubernetes: Operator = {
  customResources: {
    'elasticsearch.k8s.elastic.co/Elasticsearch': {
      images: ['spec.image'],
      runtimePods: (cluster) => [
        {
          name: `${cluster.metadata.name}-es`,
          labels: {
            'common.k8s.elastic.co/type': 'elasticsearch',
            'elasticsearch.k8s.elastic.co/cluster-name': cluster.metadata.name,
          },
          ports: [
            { name: scheme(cluster), port: 9200 },
            { name: 'transport', port: 9300 },
          ],
          members: [9200, 9300],
          services: {
            [`${cluster.metadata.name}-es-http`]: samePorts(9200),
            [`${cluster.metadata.name}-es-internal-http`]: samePorts(9200),
            [`${cluster.metadata.name}-es-transport`]: samePorts(9300),
          },
          operator: {
            namespace: 'elastic-system',
            labels: OWN_LABELS,
            ports: [9200],
          },
          needsApiServer: false,
        },
      ],
    },
    'kibana.k8s.elastic.co/Kibana': {
      images: ['spec.image'],
      runtimePods: (kibana) => [
        {
          name: `${kibana.metadata.name}-kb`,
          labels: {
            'common.k8s.elastic.co/type': 'kibana',
            'kibana.k8s.elastic.co/name': kibana.metadata.name,
          },
          ports: [{ name: scheme(kibana), port: 5601 }],
          services: { [`${kibana.metadata.name}-kb-http`]: samePorts(5601) },
          calls: callsElasticsearch(kibana),
          needsApiServer: false,
        },
      ],
    },
    'apm.k8s.elastic.co/ApmServer': {
      images: ['spec.image'],
      runtimePods: (server) => [
        {
          name: `${server.metadata.name}-apm-server`,
          labels: {
            'common.k8s.elastic.co/type': 'apm-server',
            'apm.k8s.elastic.co/name': server.metadata.name,
          },
          ports: [{ name: scheme(server), port: 8200 }],
          services: { [`${server.metadata.name}-apm-http`]: samePorts(8200) },
          calls: [...callsElasticsearch(server), ...callsKibana(server)],
          needsApiServer: false,
        },
      ],
    },
    'logstash.k8s.elastic.co/Logstash': {
      images: ['spec.image'],
      runtimePods: (logstash) => [
        {
          name: `${logstash.metadata.name}-ls`,
          labels: {
            'common.k8s.elastic.co/type': 'logstash',
            'logstash.k8s.elastic.co/name': logstash.metadata.name,
          },
          ports: [{ port: 9600 }],
          services: { [`${logstash.metadata.name}-ls-api`]: samePorts(9600) },
          calls: calledBy(logstash, 'elasticsearchRefs', '-es-http', 9200),
          needsApiServer: false,
        },
      ],
    },
  },
}
