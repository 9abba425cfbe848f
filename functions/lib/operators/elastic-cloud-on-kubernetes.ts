import { textAt } from '../kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { Labels } from '../kubernetes/selector.ts'
import { agentPods, elasticCalls, elasticPods, httpPods, kibanaPods, logstashPods, schemeOf } from './elastic-pods.ts'
import { type CustomResource, type Operator, type RuntimePods, samePorts } from './operator.ts'

/** Of the manifests, and of the chart. */
const OWN_LABELS: readonly Labels[] = [
  { 'control-plane': 'elastic-operator' },
  { 'app.kubernetes.io/name': 'elastic-operator' },
]

const isCalledByClusters = (cluster: KubernetesObject): boolean =>
  valueAt(cluster, ['spec', 'remoteClusterServer', 'enabled']) === true

const elasticsearchPods = (cluster: KubernetesObject): RuntimePods[] => {
  const { name } = cluster.metadata
  const isCalled = isCalledByClusters(cluster)
  return [
    {
      name: `${name}-es`,
      labels: {
        'common.k8s.elastic.co/type': 'elasticsearch',
        'elasticsearch.k8s.elastic.co/cluster-name': name,
      },
      ports: [
        { name: schemeOf(cluster), port: 9200 },
        { name: 'transport', port: 9300 },
        ...(isCalled ? [{ port: 9443 }] : []),
      ],
      members: [9200, 9300],
      services: {
        [`${name}-es-http`]: samePorts(9200),
        [`${name}-es-internal-http`]: samePorts(9200),
        [`${name}-es-transport`]: samePorts(9300),
        ...(isCalled && { [`${name}-es-remote-cluster`]: samePorts(9443) }),
      },
      calls: elasticCalls(cluster),
      operator: {
        namespace: 'elastic-system',
        labels: OWN_LABELS,
        ports: [9200],
      },
      needsApiServer: false,
    },
  ]
}

const row = (runtimePods: (object: KubernetesObject) => RuntimePods[]): CustomResource => ({
  images: ['spec.image'],
  runtimePods,
})

/**
 * Sources: https://www.elastic.co/docs/deploy-manage/security/k8s-network-policies, which isolates these pods without egress
 * to the API server; https://www.elastic.co/docs/deploy-manage/remote-clusters/eck-remote-clusters; and in
 * https://github.com/elastic/cloud-on-k8s/tree/v2.16.1 the labels, ports and Services of pkg/controller/apmserver, agent, beat,
 * enterprisesearch, logstash and maps, and pkg/controller/common/defaults/pod_template.go for the token.
 */
export const elasticCloudOnKubernetes: Operator = {
  name: 'Elastic Cloud on Kubernetes',
  customResources: {
    'elasticsearch.k8s.elastic.co/Elasticsearch': row(elasticsearchPods),
    'kibana.k8s.elastic.co/Kibana': row(kibanaPods),
    'apm.k8s.elastic.co/ApmServer': row((server) =>
      httpPods(
        server,
        { suffix: '-apm-server', type: 'apm-server', label: 'apm.k8s.elastic.co/name' },
        { suffix: '-apm-http', port: 8200 },
      ),
    ),
    'logstash.k8s.elastic.co/Logstash': row(logstashPods),
    'agent.k8s.elastic.co/Agent': row(agentPods),
    'beat.k8s.elastic.co/Beat': row((beat) =>
      elasticPods(beat, {
        suffix: `-beat-${textAt(beat, 'spec', 'type') ?? ''}`,
        type: 'beat',
        label: 'beat.k8s.elastic.co/name',
      }),
    ),
    'enterprisesearch.k8s.elastic.co/EnterpriseSearch': row((search) =>
      httpPods(
        search,
        { suffix: '-ent', type: 'enterprise-search', label: 'enterprisesearch.k8s.elastic.co/name' },
        { suffix: '-ent-http', port: 3002 },
      ),
    ),
    'maps.k8s.elastic.co/ElasticMapsServer': row((maps) =>
      httpPods(
        maps,
        { suffix: '-ems', type: 'maps', label: 'maps.k8s.elastic.co/name' },
        { suffix: '-ems-http', port: 8080 },
      ),
    ),
  },
}
