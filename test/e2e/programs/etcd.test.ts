import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { EtcdCluster } from './lib/etcd-cluster.ts'
import { mimirObjects, mimirStacks } from './lib/mimir.ts'
import { fileAt, mountedFiles, workload } from './lib/pod.ts'

describe.each(mimirStacks)('three etcd members, started with the arguments of %s', (stack) => {
  const objects = mimirObjects(stack)
  const mimirYaml = fileAt(mountedFiles(objects, workload(objects, 'mimir-distributor')), '/mnt/mimir.yaml')
  const endpoints: string[] = parse(mimirYaml).distributor.ha_tracker.kvstore.etcd.endpoints
  let folder: string
  let etcd: EtcdCluster

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'etcd-'))
    etcd = new EtcdCluster(workload(objects, 'mimir-etcd'), endpoints, folder)
    await etcd.start(...etcd.members)
  })
  afterAll(async () => {
    await etcd.kill(...etcd.members)
    rmSync(folder, { recursive: true })
  })

  test('are those that the distributor of Mimir asks', () => {
    expect(etcd.members).toEqual(['mimir-etcd-0', 'mimir-etcd-1', 'mimir-etcd-2'])
    expect(endpoints.map((endpoint) => endpoint.split('.')[0])).toEqual(etcd.members)
    expect(etcd.membersByEtcd()).toEqual(etcd.members)
  })

  test('elect a leader that all agree on', async () => {
    expect(etcd.members).toContain(await etcd.leader())
  })

  test('survive the loss of one, even of the leader, which catches up when it is back', async () => {
    etcd.put('before', 'written by three')
    const lost = await etcd.leader()
    await etcd.kill(lost)

    expect(await etcd.leader()).not.toBe(lost)
    expect(etcd.get('before')).toBe('written by three')
    etcd.put('after', 'written by two')
    expect(etcd.get('after')).toBe('written by two')

    await etcd.start(lost)
    expect(etcd.get('after', [lost])).toBe('written by two')
  })

  test('acknowledge no write without a majority', async () => {
    await etcd.kill(...etcd.members.slice(1))
    // Either the client or the member gives up first.
    expect(() => etcd.put('alone', 'written by one')).toThrow(/context deadline exceeded|request timed out/)
  })
})
