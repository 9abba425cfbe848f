import { describe, expect, test } from '@jest/globals'
import { calls, needy, numbers, podsOf } from './pods.ts'

describe('pods of a PerconaServerMongoDB', () => {
  const of = (spec: Record<string, unknown>) => podsOf('psmdb.percona.com/v1', 'PerconaServerMongoDB', spec)

  test('are those of each replica set, whose members call each other', () => {
    const pods = of({ replsets: [{ name: 'rs0' }, { name: 'rs1' }, {}] })
    expect(numbers(pods)).toEqual([
      ['x-rs0', [27017]],
      ['x-rs1', [27017]],
      ['x-rs0', [27017]],
    ])
    expect(pods[1]?.labels).toEqual({
      'app.kubernetes.io/name': 'percona-server-mongodb',
      'app.kubernetes.io/instance': 'x',
      'app.kubernetes.io/replset': 'rs1',
    })
    expect(pods[0]?.members).toEqual([27017])
  })

  test('are routers and their configuration too if it is sharded', () => {
    const pods = of({ replsets: [{ name: 'rs0' }], sharding: { enabled: true, mongos: { port: 27018 } } })
    expect(numbers(pods)).toEqual([
      ['x-rs0', [27017]],
      ['x-cfg', [27017]],
      ['x-mongos', [27018]],
    ])
    expect(pods[2]).toMatchObject({ services: { 'x-mongos': { 27018: 27018 } } })
    expect(pods[2]?.members).toBeUndefined()
  })
})

describe.each([
  ['postgres-operator.crunchydata.com/v1beta1', 'PostgresCluster'],
  ['pgv2.percona.com/v2', 'PerconaPGCluster'],
])('pods of %s %s', (apiVersion, kind) => {
  const of = (spec: Record<string, unknown>) => podsOf(apiVersion, kind, spec)

  test('are instances, which Patroni leads by the API server', () => {
    expect(numbers(of({}))).toEqual([['x-instance', [5432, 8008, 8432]]])
    expect(needy(of({}))).toEqual(['x-instance'])
  })

  test('are those that back up and pool too if the object has them', () => {
    const pods = of({ backups: { pgbackrest: {} }, proxy: { pgBouncer: { port: 6432 } } })
    expect(numbers(pods).slice(1)).toEqual([
      ['x-repo-host', [8432]],
      ['x-pgbouncer', [6432]],
    ])
    expect(needy(pods)).toEqual(['x-instance', 'x-repo-host'])
  })

  test('listen where the object says, and have an exporter if it does', () => {
    const [pods] = of({ port: 5433, patroni: { port: 8009 }, monitoring: { pgmonitor: { exporter: {} } } })
    expect(pods?.ports.map(({ port }) => port)).toEqual([5433, 8009, 8432, 9187])
    expect(pods?.services).toMatchObject({ 'x-primary': { 5433: 5433 } })
  })
})

describe('pods of a MongoDBCommunity', () => {
  const of = (spec: Record<string, unknown>) => podsOf('mongodbcommunity.mongodb.com/v1', 'MongoDBCommunity', spec)

  test.each([
    [{}, [27017]],
    [{ additionalMongodConfig: { 'net.port': 40333 } }, [40333]],
    [{ additionalMongodConfig: { net: { port: 40333 } } }, [40333]],
    [{ prometheus: {} }, [27017, 9216]],
    [{ prometheus: { port: 9300 } }, [27017, 9300]],
  ])('with %j listen on %j', (spec, ports) => {
    expect(numbers(of(spec))).toEqual([['x', ports]])
    expect(
      Object.keys(of(spec)[0]?.services?.['x-svc'] ?? {})
        .map(Number)
        .sort(),
    ).toEqual([...ports].sort())
  })

  test('carry the name of their Service, and tell the API server how they are', () => {
    expect(of({})[0]).toMatchObject({ labels: { app: 'x-svc' }, needsApiServer: true })
  })
})

describe('pods of ClickHouse', () => {
  const of = (spec: Record<string, unknown>) =>
    podsOf('clickhouse.altinity.com/v1', 'ClickHouseInstallation', { configuration: spec })

  test('listen where the settings say, numbers or text', () => {
    expect(numbers(of({}))).toEqual([['chi-x', [8123, 9000, 9009]]])
    const settings = { tcp_port: '9001', http_port: 8124, tcp_port_secure: 9440, https_port: 8443 }
    expect(numbers(of({ settings }))).toEqual([['chi-x', [8124, 9001, 9009, 9440, 8443]]])
    expect(of({ settings })[0]?.members).toEqual([9001, 9009, 9440])
    expect(of({ settings })[0]?.services).toEqual({ 'clickhouse-x': { 8124: 8124, 9001: 9001 } })
  })

  test('call the ZooKeeper or Keeper that their object names', () => {
    const zookeeper = { nodes: [{ host: 'keeper-k' }, { host: 'zk.infra.svc', port: 2182 }] }
    expect(calls(of({ zookeeper }))).toEqual(['ns/keeper-k:2181', 'infra/zk:2182'])
  })

  test('of a Keeper agree among them', () => {
    const pods = podsOf('clickhouse-keeper.altinity.com/v1', 'ClickHouseKeeperInstallation', {})
    expect(numbers(pods)).toEqual([['chk-x', [2181, 9444]]])
    expect(pods[0]).toMatchObject({ members: [9444], services: { 'keeper-x': { 2181: 2181 } } })
  })
})

describe('pods of Cassandra', () => {
  const datacenter = (clusterName: string) =>
    podsOf('cassandra.datastax.com/v1beta1', 'CassandraDatacenter', { clusterName })

  test('gossip, and are managed by their operator', () => {
    const [pods] = datacenter('main')
    expect(pods).toMatchObject({
      name: 'x',
      labels: { 'cassandra.datastax.com/datacenter': 'x', 'cassandra.datastax.com/cluster': 'main' },
      members: [7000, 7001],
      operator: { ports: [8080] },
    })
    expect(pods?.services?.['main-x-service']).toMatchObject({ 9042: 9042 })
  })

  test('are known by their datacenter alone if the name of the cluster is no label', () => {
    const [pods] = datacenter('Main Cluster')
    expect(pods).toMatchObject({ labels: { 'cassandra.datastax.com/datacenter': 'x' }, services: {} })
  })

  test('of a K8ssandraCluster are those of its datacenters here', () => {
    const datacenters = [
      { metadata: { name: 'dc1' } },
      { metadata: { name: 'dc2', namespace: 'other' } },
      { metadata: { name: 'dc3' }, k8sContext: 'east' },
      {},
    ]
    const pods = podsOf('k8ssandra.io/v1alpha1', 'K8ssandraCluster', { cassandra: { datacenters } })
    expect(pods.map(({ name, labels }) => [name, labels['cassandra.datastax.com/cluster']])).toEqual([['dc1', 'x']])
  })
})
