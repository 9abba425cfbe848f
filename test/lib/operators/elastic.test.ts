import { describe, expect, test } from '@jest/globals'
import { calls, needy, numbers, podsOf } from './pods.ts'

const logs = { name: 'logs' }

describe('pods of Elastic Cloud on Kubernetes', () => {
  test('of a Beat call what it refers to, and the API server if their token is mounted', () => {
    const spec = {
      type: 'filebeat',
      elasticsearchRef: logs,
      kibanaRef: { name: 'ui', namespace: 'web' },
      daemonSet: { podTemplate: { spec: { automountServiceAccountToken: true, serviceAccountName: 'filebeat' } } },
    }
    const pods = podsOf('beat.k8s.elastic.co/v1beta1', 'Beat', spec)
    expect(pods[0]).toMatchObject({
      name: 'x-beat-filebeat',
      labels: { 'common.k8s.elastic.co/type': 'beat', 'beat.k8s.elastic.co/name': 'x' },
      serviceAccount: 'filebeat',
    })
    expect(calls(pods)).toEqual(['ns/logs-es-http:9200', 'web/ui-kb-http:5601'])
    expect(needy(pods)).toEqual(['x-beat-filebeat'])
  })

  test('are not known if they share the network of their node, because no policy selects them', () => {
    const podTemplate = { spec: { hostNetwork: true } }
    expect(podsOf('beat.k8s.elastic.co/v1beta1', 'Beat', { daemonSet: { podTemplate } })).toEqual([])
  })

  test('of an Agent serve only if it is a Fleet Server, and else call one', () => {
    const of = (spec: Record<string, unknown>) => podsOf('agent.k8s.elastic.co/v1alpha1', 'Agent', spec)
    expect(numbers(of({ fleetServerEnabled: true }))).toEqual([['x-agent', [8220]]])
    expect(of({ fleetServerEnabled: true })[0]?.services).toEqual({ 'x-agent-http': { 8220: 8220 } })
    const agent = of({ fleetServerRef: { name: 'fleet' }, elasticsearchRefs: [logs] })
    expect(numbers(agent)).toEqual([['x-agent', []]])
    expect(calls(agent)).toEqual(['ns/logs-es-http:9200', 'ns/fleet-agent-http:8220'])
  })

  test('of a Logstash listen on the ports to which its Services lead', () => {
    const [pods] = podsOf('logstash.k8s.elastic.co/v1alpha1', 'Logstash', {
      services: [{ name: 'beats', service: { spec: { ports: [{ port: 80, targetPort: 5044 }, { port: 5045 }] } } }],
    })
    expect(pods?.ports.map(({ port }) => port)).toEqual([9600, 5044, 5045])
    expect(pods?.services?.['x-ls-beats']).toEqual({ 80: 5044, 5045: 5045 })
  })

  test('of an Elasticsearch are called by other clusters only if it says so, and call those that it names', () => {
    const of = (spec: Record<string, unknown>) => podsOf('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', spec)
    expect(numbers(of({ remoteClusterServer: { enabled: true } }))).toEqual([['x-es', [9200, 9300, 9443]]])
    const remoteClusters = [{ elasticsearchRef: logs, apiKey: {} }, { elasticsearchRef: { name: 'old' } }]
    const monitoring = { metrics: { elasticsearchRefs: [{ name: 'watch' }] } }
    expect(calls(of({ remoteClusters, monitoring }))).toEqual([
      'ns/watch-es-http:9200',
      'ns/logs-es-remote-cluster:9443',
      'ns/old-es-transport:9300',
    ])
  })

  test.each([
    ['enterprisesearch.k8s.elastic.co/v1', 'EnterpriseSearch', 'x-ent', 3002],
    ['maps.k8s.elastic.co/v1alpha1', 'ElasticMapsServer', 'x-ems', 8080],
  ])('of %s %s serve HTTP', (apiVersion, kind, name, port) => {
    const pods = podsOf(apiVersion, kind, { elasticsearchRef: logs })
    expect(numbers(pods)).toEqual([[name, [port]]])
    expect(pods[0]?.services).toEqual({ [`${name}-http`]: { [port]: port } })
    expect(calls(pods)).toEqual(['ns/logs-es-http:9200'])
  })
})
