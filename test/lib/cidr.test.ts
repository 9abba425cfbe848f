import { canonicalHost, labelOfAddress } from '../../functions/lib/kubernetes/cidr.ts'

describe('a host', () => {
  test.each([
    ['2001:0db8:0:0::1', '2001:db8::1'],
    ['::1', '::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
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
