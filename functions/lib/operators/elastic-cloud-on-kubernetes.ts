import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { Labels } from '../kubernetes/selector.ts'
import { type Operator, samePorts } from './operator.ts'

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

/**
 * Source: https://www.elastic.co/docs/deploy-manage/security/k8s-network-policies, which isolates these pods without egress
 * to the API server.
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
          needsApiServer: false,
        },
      ],
    },
  },
}
