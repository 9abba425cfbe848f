import type { Port } from '../../functions/lib/flows/port.ts'
import { containsRange, isCidr, rangeOfAddress } from '../../functions/lib/kubernetes/cidr.ts'
import { rulesOf } from '../../functions/network-policy-default-deny/policies/rules.ts'
import type { Admission, Peer } from '../../functions/network-policy-default-deny/policy.ts'

const pods = (namespace: string | undefined, labels?: Record<string, string>): Peer => ({
  type: 'pods',
  namespace,
  labels,
})
const tcp = (port: number | string): Port => ({ protocol: 'TCP', port })
const udp = (port: number): Port => ({ protocol: 'UDP', port })
const ANYONE: Peer = { type: 'anyone' }
const A = pods('a', { app: 'x' })
const B = pods('b', { app: 'x' })

describe('rules', () => {
  test.each<[string, Admission[], unknown]>([
    [
      'admit a peer to all ports once, whatever else it is admitted to',
      [
        { peer: A, ports: [tcp(80)] },
        { peer: A, ports: 'all' },
        { peer: B, ports: [tcp(80)] },
      ],
      [
        { peers: [A], ports: [] },
        { peers: [B], ports: [tcp(80)] },
      ],
    ],
    [
      'leave out a peer without any port left, which is not the same as all ports',
      [
        { peer: A, ports: [] },
        { peer: B, ports: [tcp(80)] },
        { peer: ANYONE, ports: [tcp(80)] },
      ],
      [{ peers: [ANYONE], ports: [tcp(80)] }],
    ],
    [
      'say everything once, if everyone is admitted to it',
      [
        { peer: A, ports: 'all' },
        { peer: ANYONE, ports: 'all' },
      ],
      [{ peers: [ANYONE], ports: [] }],
    ],
    [
      'put peers with the same ports together',
      [
        { peer: B, ports: [tcp(80)] },
        { peer: A, ports: [tcp(80)] },
      ],
      [{ peers: [A, B], ports: [tcp(80)] }],
    ],
    [
      'collect the ports of a peer, whatever the order in which they come',
      [
        { peer: A, ports: [tcp(9095)] },
        { peer: B, ports: [tcp(80), tcp(9095)] },
        { peer: A, ports: [tcp(80), tcp(80)] },
      ],
      [{ peers: [A, B], ports: [tcp(80), tcp(9095)] }],
    ],
    [
      'take labels in another order for the same peer',
      [
        { peer: pods('a', { app: 'x', tier: 'web' }), ports: [tcp(80)] },
        { peer: pods('a', { tier: 'web', app: 'x' }), ports: [tcp(80)] },
      ],
      [{ peers: [pods('a', { app: 'x', tier: 'web' })], ports: [tcp(80)] }],
    ],
    [
      'tell pods without a namespace from pods of any namespace',
      [
        { peer: pods('', { app: 'x' }), ports: [tcp(80)] },
        { peer: pods(undefined, { app: 'x' }), ports: [tcp(80)] },
      ],
      [{ peers: expect.arrayContaining([pods('', { app: 'x' }), pods(undefined, { app: 'x' })]), ports: [tcp(80)] }],
    ],
    [
      'tell protocols apart',
      [
        { peer: A, ports: [tcp(53)] },
        { peer: B, ports: [udp(53)] },
      ],
      [
        { peers: [A], ports: [tcp(53)] },
        { peers: [B], ports: [udp(53)] },
      ],
    ],
    [
      'say once what everyone is admitted to',
      [
        { peer: A, ports: [tcp(80), tcp(9095)] },
        { peer: ANYONE, ports: [tcp(80)] },
        { peer: B, ports: [tcp(80)] },
      ],
      [
        { peers: [ANYONE], ports: [tcp(80)] },
        { peers: [A], ports: [tcp(9095)] },
      ],
    ],
    [
      'are sorted by port number, names last',
      [
        { peer: A, ports: [tcp('http')] },
        { peer: B, ports: [tcp(10000)] },
        { peer: ANYONE, ports: [tcp(443)] },
      ],
      [
        { peers: [ANYONE], ports: [tcp(443)] },
        { peers: [B], ports: [tcp(10000)] },
        { peers: [A], ports: [tcp('http')] },
      ],
    ],
  ])('%s', (_, admissions, expected) => {
    expect(rulesOf(admissions)).toEqual(expected)
    expect(rulesOf(admissions.toReversed())).toHaveLength((expected as unknown[]).length)
  })
})

describe('address ranges', () => {
  test.each(['10.0.0.0/8', '192.0.2.1/32', '0.0.0.0/0', 'fd00::/8', '::/0'])('%s is one', (text) => {
    expect(isCidr(text)).toBe(true)
  })

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/ 8', ''])(
    '%p is no range',
    (text) => {
      expect(isCidr(text)).toBe(false)
    },
  )

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.0/16', false],
    ['fd00::/8', 'fd12::/16', true],
    ['::/0', '10.0.0.0/8', false],
  ])('%s holds %s: %p', (outer, inner, expected) => {
    expect(containsRange(outer, inner)).toBe(expected)
  })

  test('an address is a range of one, and a name is no range', () => {
    expect([rangeOfAddress('192.0.2.7'), rangeOfAddress('2001:db8::1'), rangeOfAddress('a.example.com')]).toEqual([
      '192.0.2.7/32',
      '2001:db8::1/128',
      undefined,
    ])
  })
})
