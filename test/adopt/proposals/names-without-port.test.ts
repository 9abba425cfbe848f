import { CART, cart, env, flows, found, pod, service, workload } from './lib.ts'

describe('names without a port', () => {
  const SEVERAL = workload('several', pod())
  const ports = (text: string): string => SEVERAL + service('several', text)
  const host = (name = 'SEVERAL_HOST'): string => cart(`env: [{name: ${name}, value: several}]`)

  test('mean the one that is not for metrics or members', async () => {
    const build = ports('[{name: metrics, port: 9121}, {name: gossip, port: 7946}, {name: queue, port: 5672}]')
    expect(await flows(build + host())).toEqual(['shop/several:queue < cart'])
  })

  test('are asked for among others, the port of a known program first', async () => {
    expect(await flows(ports('[{name: a, port: 7001}, {name: b, port: 5672}]') + host())).toEqual([
      '? shop/several:b < cart',
    ])
  })

  test('mean the port of members where members find each other', async () => {
    const ring =
      workload('ring', pod(', env: [{name: RING_SEEDS, value: "ring-0.ring,ring-1.ring"}]')) +
      service('ring', '[{name: intra-node, port: 7000}, {name: sql, port: 9042}]', ', clusterIP: None')
    expect(await flows(ring)).toEqual(['shop/ring:intra-node < self'])
  })

  test('outside get the port of the program in the name of the setting, or are said', async () => {
    const outside = (name: string): string => cart(`env: [{name: ${name}, value: a.example.com}]`)
    expect(await flows(outside('POSTGRES_HOST'))).toEqual([`? external/a.example.com:5432 < ${CART}`])
    expect((await found(outside('SMTP_HOST'))).notes).toEqual([
      expect.stringContaining('names the host a.example.com outside the cluster, without a port'),
    ])
    expect(await found(outside('PUBLIC_HOST'))).toMatchObject({ flows: [], notes: [] })
  })

  test('of an ExternalName are said', async () => {
    const alias = `
apiVersion: v1
kind: Service
metadata: {name: legacy, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---`
    expect((await found(alias + env('legacy'))).notes).toEqual([
      expect.stringContaining(
        'names Service legacy, which is the host db.example.com outside the cluster, without a port',
      ),
    ])
  })
})
