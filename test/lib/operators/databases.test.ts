import { describe, expect, test } from '@jest/globals'
import { calls, needy, numbers, podsOf } from './pods.ts'

describe('pods of a RabbitmqCluster', () => {
  const of = (spec: Record<string, unknown>) => podsOf('rabbitmq.com/v1beta1', 'RabbitmqCluster', spec)
  const clients = (spec: Record<string, unknown>) =>
    of(spec)[0]
      ?.ports.map(({ port }) => port)
      .slice(3)

  test('replicate streams among them on a range', () => {
    expect(of({})[0]).toMatchObject({ members: [4369, 25672, 6000] })
    expect(of({})[0]?.ports).toContainEqual({ port: 6000, endPort: 6500 })
  })

  test('open the ports of streams once, whichever plugins need them', () => {
    const rabbitmq = { additionalPlugins: ['rabbitmq_multi_dc_replication', 'rabbitmq_stream'] }
    expect(clients({ rabbitmq })).toEqual([5672, 15672, 15692, 5552])
  })

  test('open the web plugins with TLS only if clients show a certificate', () => {
    const rabbitmq = { additionalPlugins: ['rabbitmq_web_mqtt', 'rabbitmq_web_stomp'] }
    expect(clients({ rabbitmq, tls: { secretName: 's' } })?.slice(-2)).toEqual([15675, 15674])
    expect(clients({ rabbitmq, tls: { secretName: 's', caSecretName: 'c' } })?.slice(-4)).toEqual([
      15675, 15676, 15674, 15673,
    ])
  })

  test('serve metrics through the Service on one port', () => {
    expect(Object.keys(of({ tls: { secretName: 's' } })[0]?.services?.x ?? {})).toEqual([
      '5671',
      '5672',
      '15671',
      '15672',
      '15691',
    ])
  })
})

describe('pods of a postgresql', () => {
  const of = (spec: Record<string, unknown>) => podsOf('acid.zalan.do/v1', 'postgresql', spec)

  test('have a pooler if settings ask for one and nothing switches it off', () => {
    expect(of({ connectionPooler: {} }).map(({ name }) => name)).toEqual(['x', 'x-pooler'])
    expect(of({ connectionPooler: {}, enableConnectionPooler: false })).toHaveLength(1)
    expect(of({ enableReplicaConnectionPooler: true }).map(({ name }) => name)).toEqual(['x', 'x-pooler-repl'])
  })

  test('are dumped by pods that find them in the API server', () => {
    const pods = of({ enableLogicalBackup: true })
    expect(needy(pods)).toEqual(['x', 'logical-backup-x'])
    expect(calls(pods)).toEqual(['ns/x:5432', 'ns/x-repl:5432'])
  })

  test('listen on the ports of sidecars too', () => {
    const sidecars = [
      { name: 'exporter', ports: [{ name: 'metrics', containerPort: 9187 }] },
      { name: 'dns', ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 9, protocol: 'SCTP' }, {}] },
    ]
    expect(of({ sidecars })[0]?.ports.slice(3)).toEqual([
      { name: 'metrics', port: 9187 },
      { port: 53, protocol: 'UDP' },
    ])
  })
})

describe('pods of a PerconaXtraDBCluster', () => {
  const of = (spec: Record<string, unknown>) => podsOf('pxc.percona.com/v1', 'PerconaXtraDBCluster', spec)

  test('are reached before they are ready, by Services for that', () => {
    const [nodes, proxies] = of({ proxysql: { enabled: true } })
    expect(nodes?.services?.['x-pxc-unready']).toEqual({ 3306: 3306, 33060: 33060, 33062: 33062 })
    expect(proxies?.services?.['x-proxysql-unready']).toEqual({ 3306: 3306, 6032: 6032 })
  })

  test('have a collector of binary logs if points in time are kept', () => {
    expect(numbers(of({ backup: { pitr: { enabled: true } } }))[1]).toEqual(['x-pitr', []])
    expect(of({ backup: { pitr: { enabled: false } } })).toHaveLength(1)
  })

  test('have those of backups if there is a storage for them, which a node sends its state to', () => {
    const [, backups] = of({ backup: { storages: { s3: { type: 's3' } } } })
    expect(backups).toMatchObject({
      name: 'x-backup',
      labels: { 'percona.com/cluster': 'x', 'percona.com/backup-type': 'xtrabackup' },
      members: [4444, 4567, 4568],
    })
    expect(of({ backup: {} })).toHaveLength(1)
  })
})

describe('pods of Redis', () => {
  const of = (kind: string, spec: Record<string, unknown>, labels?: Record<string, string>) =>
    podsOf('redis.redis.opstreelabs.in/v1beta2', kind, spec, labels)

  test('of a RedisCluster listen where the object says, and gossip 10000 ports above', () => {
    expect(numbers(of('RedisCluster', { port: 6380, redisExporter: { enabled: true, port: 9200 } }))).toEqual([
      ['x-leader', [6380, 16380, 9200]],
      ['x-follower', [6380, 16380, 9200]],
    ])
  })

  test('carry the labels of the object, which count more than those of the operator', () => {
    const [leader, follower] = of('RedisCluster', {}, { app: 'shop', team: 'a' })
    expect(leader?.labels).toEqual({ app: 'shop', redis_setup_type: 'cluster', role: 'leader' })
    expect(follower?.labels).toEqual({ app: 'shop', redis_setup_type: 'cluster', role: 'follower' })
    expect(leader?.furtherLabels).toMatchObject({ team: 'a' })
  })

  test('of a RedisReplication are reached by their role', () => {
    expect(Object.keys(of('RedisReplication', {})[0]?.services ?? {})).toEqual([
      'x',
      'x-headless',
      'x-additional',
      'x-master',
      'x-replica',
    ])
  })

  test('of a RedisFailover are reached by their role, and scraped', () => {
    const spec = { redis: { port: 6380, exporter: { enabled: true } }, sentinel: {} }
    const [databases, sentinels] = podsOf('databases.spotahome.com/v1', 'RedisFailover', spec)
    expect(databases?.services).toEqual({
      'rfrm-x': { 6380: 6380 },
      'rfrs-x': { 6380: 6380 },
      'rfr-x': { 9121: 9121 },
    })
    expect(sentinels?.services).toEqual({ 'rfs-x': { 26379: 26379 } })
  })
})

describe('pods of a Pooler', () => {
  test('call the Cluster of their role, and watch their object', () => {
    const of = (spec: Record<string, unknown>) => podsOf('postgresql.cnpg.io/v1', 'Pooler', spec)
    expect(numbers(of({ cluster: { name: 'c' } }))).toEqual([['x', [5432, 9127]]])
    expect(calls(of({ cluster: { name: 'c' } }))).toEqual(['ns/c-rw:5432'])
    expect(calls(of({ cluster: { name: 'c' }, type: 'ro' }))).toEqual(['ns/c-ro:5432'])
    expect(needy(of({ cluster: { name: 'c' } }))).toEqual(['x'])
  })
})
