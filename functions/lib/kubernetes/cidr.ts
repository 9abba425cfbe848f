import { BlockList, isIP } from 'node:net'

type Family = 4 | 6

/** Is this an address range as the API takes it: an IPv4 or IPv6 address, `/`, a prefix length in bits? */
export function isCidr(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/')
  const family = isIP(address)
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)
}

export const familyOf = (cidr: string): Family => (cidr.includes(':') ? 6 : 4)

/** An address alone as a range of one; undefined for a name. */
export function rangeOfAddress(host: string): string | undefined {
  const family = isIP(host)
  if (family === 0) return undefined
  return `${host}/${family === 4 ? 32 : 128}`
}

/** Does the outer range hold every address of the inner one? */
export function containsRange(outer: string, inner: string): boolean {
  const family = familyOf(outer)
  if (family !== familyOf(inner)) return false
  const [outerAddress = '', outerPrefix] = outer.split('/')
  const [innerAddress = '', innerPrefix] = inner.split('/')
  const range = new BlockList()
  range.addSubnet(outerAddress, Number(outerPrefix), `ipv${family}`)
  return Number(innerPrefix) >= Number(outerPrefix) && range.check(innerAddress, `ipv${family}`)
}
