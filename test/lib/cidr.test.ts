import {
  canonicalHost,
  containsRange,
  familyOf,
  ipVersionOf,
  isCidr,
  labelOfAddress,
  rangeOfAddress,
} from '../../functions/lib/kubernetes/cidr.ts'

describe('a host', () => {
  test.each([
    ['2001:0db8:0:0::1', '2001:db8::1'],
    ['::1', '::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:c0a8:1ff', '192.168.1.255'],
    ['1::ffff:a00:1', '1::ffff:a00:1'],
    ['::ffff:0:a00:1', '::ffff:0:a00:1'],
    ['10.0.0.1', '10.0.0.1'],
    ['api.example.com:443', 'api.example.com:443'],
    ['api.example.com', 'api.example.com'],
  ])('%s is written %s', (host, canonical) => {
    expect(canonicalHost(host)).toBe(canonical)
  })
})

describe('an address', () => {
  test.each([
    ['10.0.0.1', '10-0-0-1'],
    ['2001:db8::1', '2001-db8-0-0-0-0-0-1'],
    ['::1', '0-0-0-0-0-0-0-1'],
    ['fe80::', 'fe80-0-0-0-0-0-0-0'],
    ['1:2:3:4:5:6:7:8', '1-2-3-4-5-6-7-8'],
  ])('%s is the DNS label %s', (address, label) => {
    expect(labelOfAddress(address)).toBe(label)
    expect(label).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  })
})

describe('an address is of', () => {
  test.each<[string, 4 | 6 | undefined]>([
    ['0.0.0.0', 4],
    ['255.249.199.99', 4],
    ['10.0.0.1', 4],
    ['256.0.0.1', undefined],
    ['10.0.0', undefined],
    ['10.0.0.1.1', undefined],
    ['10.0.0.1.', undefined],
    ['10.0.0.01', undefined],
    ['a10.0.0.1', undefined],
    ['::', 6],
    ['2001:db8::1', 6],
    ['::ffff:10.0.0.1', 6],
    ['2001:db8::1::', undefined],
    ['api.example.com:443', undefined],
    ['example', undefined],
    ['', undefined],
  ])('%j: version %s', (host, version) => {
    expect(ipVersionOf(host)).toBe(version)
    expect(rangeOfAddress(host)).toBe(version && `${host}/${version === 4 ? 32 : 128}`)
  })
})

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', true],
    ['10.0.0.0/32', true],
    ['10.0.0.0/33', false],
    ['0.0.0.0/0', true],
    ['2001:db8::/128', true],
    ['2001:db8::/129', false],
    ['::/0', true],
    ['10.0.0.0', false],
    ['10.0.0.0/', false],
    ['10.0.0.0/8/8', false],
    ['10.0.0.0/a8', false],
    ['10.0.0.0/8a', false],
    ['10.0.0.0/-1', false],
    ['example.com/8', false],
    ['/8', false],
  ])('%j is one to the API: %s', (text, expected) => expect(isCidr(text)).toBe(expected))

  test('is of the family of its address', () => {
    expect(['10.0.0.0/8', '2001:db8::/32'].map(familyOf)).toEqual([4, 6])
  })

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/7', false],
    ['10.0.0.0/8', '11.0.0.0/16', false],
    ['0.0.0.0/0', '192.0.2.0/24', true],
    ['0.0.0.0/0', '::/0', false],
    ['::/0', '10.0.0.0/8', false],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/32', '2001:db9::/48', false],
  ])('%s holds all of %s: %s', (outer, inner, expected) => expect(containsRange(outer, inner)).toBe(expected))
})
