type Family = 4 | 6

/** Loaded on first use: that takes milliseconds, and few policies have an IPv6 address. */
const net = (): typeof import('node:net') => require('node:net')

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?=\d)|$)){4}$/

/** The version of IP of an address; undefined for a name. */
export function ipVersionOf(host: string): Family | undefined {
  if (IPV4.test(host)) return 4
  return host.includes(':') && net().isIP(host) === 6 ? 6 : undefined
}

/**
 * An IPv6 address as RFC 5952 writes it, so that one address has one spelling; anything else as it is. IPv4 that is written
 * as IPv6 is the IPv4 address, because that is what packets carry.
 */
export function canonicalHost(host: string): string {
  if (ipVersionOf(host) !== 6) return host
  const address = new URL(`http://[${host}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address)
  if (!mapped) return address
  const bytes = mapped.slice(1).map((group) => Number.parseInt(group, 16))
  return bytes.flatMap((pair) => [pair >> 8, pair & 255]).join('.')
}

/** An address in the form of a DNS label, such as `10-0-0-7` or `2001-db8-0-0-0-0-0-1`. */
export function labelOfAddress(address: string): string {
  if (ipVersionOf(address) !== 6) return address.replaceAll('.', '-')
  const [head = '', tail] = canonicalHost(address).split('::')
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]]
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].join('-')
}

/** Is this an address range as the API takes it: an IPv4 or IPv6 address, `/`, a prefix length in bits? */
export function isCidr(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/')
  const family = ipVersionOf(address)
  return (
    rest.length === 0 && family !== undefined && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)
  )
}

export const familyOf = (cidr: string): Family => (cidr.includes(':') ? 6 : 4)

/** An address alone as a range of one; undefined for a name. */
export function rangeOfAddress(host: string): string | undefined {
  const family = ipVersionOf(host)
  if (family === undefined) return undefined
  return `${host}/${family === 4 ? 32 : 128}`
}

/** Does the outer range hold every address of the inner one? */
export function containsRange(outer: string, inner: string): boolean {
  const family = familyOf(outer)
  if (family !== familyOf(inner)) return false
  const [outerAddress = '', outerPrefix] = outer.split('/')
  const [innerAddress = '', innerPrefix] = inner.split('/')
  const range = new (net().BlockList)()
  range.addSubnet(outerAddress, Number(outerPrefix), `ipv${family}`)
  return Number(innerPrefix) >= Number(outerPrefix) && range.check(innerAddress, `ipv${family}`)
}
