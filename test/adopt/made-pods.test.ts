import { propose } from '../../cli/init/propose.ts'
import { objectsOf } from '../support/stacks.ts'

const cart = (address: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: main, image: example/main:1.0, env: [{name: URL, value: "${address}"}]}]}
---`

describe('init proposes calls to the pods that operators make', () => {
  test.each([
    ['mongodbcommunity.mongodb.com/v1', 'MongoDBCommunity', '{}', 'mongodb://main-svc.shop.svc:27017', 'main:mongodb'],
    ['psmdb.percona.com/v1', 'PerconaServerMongoDB', '{replsets: [{name: rs0}]}', 'main-rs0:27017', 'main-rs0:mongodb'],
    [
      'pgv2.percona.com/v2',
      'PerconaPGCluster',
      '{proxy: {pgBouncer: {}}}',
      'main-pgbouncer:5432',
      'main-pgbouncer:pgbouncer',
    ],
    ['postgresql.cnpg.io/v1', 'Pooler', '{cluster: {name: db}}', 'main:5432', 'main:pgbouncer'],
    ['operator.victoriametrics.com/v1beta1', 'VMSingle', '{}', 'http://vmsingle-main:8428', 'vmsingle-main:http'],
    ['grafana.integreatly.org/v1beta1', 'Grafana', '{}', 'http://main-service:3000', 'main-deployment:grafana-http'],
    ['k8s.keycloak.org/v2alpha1', 'Keycloak', '{}', 'http://main-service:8080/realms', 'main:http'],
    ['jaegertracing.io/v1', 'Jaeger', '{}', 'http://main-collector:4318', 'main:http-otlp'],
    ['clickhouse.altinity.com/v1', 'ClickHouseInstallation', '{}', 'tcp://clickhouse-main:9000', 'chi-main:tcp'],
    ['flink.apache.org/v1beta1', 'FlinkDeployment', '{}', 'http://main-rest:8081', 'main:rest'],
    ['databases.spotahome.com/v1', 'RedisFailover', '{}', 'redis://rfrm-main:6379', 'rfr-main:redis'],
    ['enterprisesearch.k8s.elastic.co/v1', 'EnterpriseSearch', '{}', 'https://main-ent-http:3002', 'main-ent:https'],
    ['cassandra.datastax.com/v1beta1', 'CassandraDatacenter', '{clusterName: c}', 'c-main-service:9042', 'main:native'],
    [
      'opentelemetry.io/v1beta1',
      'OpenTelemetryCollector',
      '{config: {receivers: {otlp: {protocols: {grpc: {}}}}}}',
      'http://main-collector:4317',
      'main-collector:otlp-grpc',
    ],
  ])('of %s %s', async (apiVersion, kind, spec, address, key) => {
    const object = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: main, namespace: shop}\nspec: ${spec}\n`
    const { flows } = await propose(objectsOf(`${cart(address)}\n${object}`))
    expect(
      flows.map((flow) => [flow.key, flow.callers.map(({ caller, certain }) => [caller, certain])]),
    ).toContainEqual([`shop/${key}`, [['cart', true]]])
  })
})

describe('init proposes what the data sources of a Grafana name as its calls', () => {
  const grafana = `
apiVersion: grafana.integreatly.org/v1beta1
kind: Grafana
metadata: {name: main, namespace: shop, labels: {dashboards: main}}
---
apiVersion: operator.victoriametrics.com/v1beta1
kind: VMSingle
metadata: {name: main, namespace: shop}
---`
  const source = (namespace: string, spec: string): string => `
apiVersion: grafana.integreatly.org/v1beta1
kind: GrafanaDatasource
metadata: {name: metrics, namespace: ${namespace}}
spec: {datasource: {url: "http://vmsingle-main:8428"}, ${spec}}
`
  const SELECTED = 'instanceSelector: {matchLabels: {dashboards: main}}'

  test.each([
    ['in its namespace', 'shop', SELECTED, true],
    ['elsewhere, which it may import', 'metrics', `${SELECTED}, allowCrossNamespaceImport: true`, true],
    ['elsewhere', 'metrics', SELECTED, false],
    ['for another', 'shop', 'instanceSelector: {matchLabels: {dashboards: other}}', false],
  ])('%s', async (_, namespace, spec, isCall) => {
    const { flows } = await propose(objectsOf(`${grafana}${source(namespace, spec)}`))
    const callers = flows.filter(({ key }) => key === 'shop/vmsingle-main:http').flatMap((flow) => flow.callers)
    expect(callers.map(({ caller }) => caller)).toEqual(isCall ? [{ namespace: 'shop', labels: { app: 'main' } }] : [])
  })
})
