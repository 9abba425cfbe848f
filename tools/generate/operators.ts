import { CUSTOM_RESOURCES, OPERATORS } from '../../functions/lib/operators/index.ts'
import type { PodPort, RuntimePods } from '../../functions/lib/operators/operator.ts'

/** What an object of a kind has to say for its operator to make pods of every sort. Others need to say nothing. */
export const WITH_EVERY_PART: Readonly<Record<string, Record<string, unknown>>> = {
  'acid.zalan.do/postgresql': {
    enableConnectionPooler: true,
    enableReplicaConnectionPooler: true,
    enableLogicalBackup: true,
  },
  'beat.k8s.elastic.co/Beat': { type: 'TYPE' },
  'jaegertracing.io/Jaeger': { strategy: 'streaming' },
  'k8ssandra.io/K8ssandraCluster': { cassandra: { datacenters: [{ metadata: { name: 'DATACENTER' } }] } },
  'kafka.strimzi.io/Kafka': { zookeeper: {}, entityOperator: {}, cruiseControl: {}, kafkaExporter: {} },
  'minio.min.io/Tenant': { kes: {} },
  'opentelemetry.io/OpenTelemetryCollector': { targetAllocator: { enabled: true } },
  'operator.victoriametrics.com/VMCluster': { vmstorage: {}, vmselect: {}, vminsert: {} },
  'pgv2.percona.com/PerconaPGCluster': { backups: { pgbackrest: {} }, proxy: { pgBouncer: {} } },
  'pingcap.com/TidbCluster': { pd: {}, tikv: {}, tidb: {}, tiflash: {}, ticdc: {}, tiproxy: {}, pump: {} },
  'pingcap.com/TidbMonitor': { grafana: {} },
  'postgres-operator.crunchydata.com/PostgresCluster': { backups: { pgbackrest: {} }, proxy: { pgBouncer: {} } },
  'psmdb.percona.com/PerconaServerMongoDB': { replsets: [{ name: 'rs0' }], sharding: { enabled: true } },
  'pxc.percona.com/PerconaXtraDBCluster': {
    haproxy: { enabled: true },
    proxysql: { enabled: true },
    backup: { pitr: { enabled: true }, storages: {} },
  },
}

/** The pods of an object `NAME` of a kind in `NAMESPACE`, with every part that it may have. */
function podsOf(type: string): RuntimePods[] {
  const [group = '', kind = ''] = type.split('/')
  const spec = WITH_EVERY_PART[type] ?? {}
  const object = { apiVersion: `${group}/v1`, kind, metadata: { name: 'NAME', namespace: 'NAMESPACE' }, spec }
  return CUSTOM_RESOURCES[type]?.runtimePods?.(object) ?? []
}

const INTRODUCTION = `# Pods that operators make

No manifest of a build describes the pods that an operator makes for a custom resource. The pods of these kinds are known. Flows,
\`runtimePods\` and \`openEgress\` name them as this table does, with the name of the object for \`NAME\`: \`shop/orders-pooler\`. They
get policies like any workload, with egress to the API server if they call it, are admitted to each other on the ports by which they
work together, and may call what their object names by a reference or a URL. The table has the ports of an object that sets none;
ports that an object moves or adds are read from it. What the operator itself calls needs a flow; if there is none, a warning gives it.

This table is generated from [functions/lib/operators](../functions/lib/operators), where each file names its sources.
`

/** The page about the pods of every known kind. */
export function operatorsPage(): string {
  const rows = OPERATORS.flatMap(({ name, customResources }) =>
    Object.keys(customResources).flatMap((type) => podsOf(type).map((pods) => rowOf(name, type, pods))),
  )
  return `${INTRODUCTION}
| Operator | Kind | Pods | Selected by | Ports | Among them | API server | Operator calls |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.sort(byText).join('')}`
}

const byText = (a: string, b: string): number => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)

const rowOf = (operator: string, type: string, pods: RuntimePods): string =>
  `| ${[
    operator,
    `\`${type}\``,
    `\`${pods.name}\``,
    Object.entries(pods.labels)
      .map(([label, value]) => `\`${label}: ${value || "''"}\``)
      .join(', '),
    pods.ports.map(portText).join(', '),
    amongThem(pods),
    pods.needsApiServer ? 'yes' : '',
    (pods.operator?.ports ?? []).join(', '),
  ].join(' | ')} |\n`

const amongThem = ({ ports, members = [] }: RuntimePods): string =>
  [...new Set(ports.filter(({ port }) => members.includes(port)).map(rangeText))].join(', ')

const rangeText = ({ port, endPort }: PodPort): string =>
  endPort === undefined ? String(port) : `${port} to ${endPort}`

const portText = (port: PodPort): string =>
  `${rangeText(port)}${port.protocol ? ` ${port.protocol}` : ''}${port.name ? ` \`${port.name}\`` : ''}`
