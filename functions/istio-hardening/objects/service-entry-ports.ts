import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { ipVersionOf } from '../../lib/kubernetes/cidr.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'

const PROTOCOLS: Readonly<Record<number, string>> = { 80: 'HTTP', 443: 'TLS' }

/** A client that dials an address names no server, so by its port alone the proxy cannot tell TLS or HTTP apart. */
export const externalProtocol = (host: string, port: number): string =>
  (isAddress(host) ? undefined : PROTOCOLS[port]) ?? 'TCP'

export const isAddress = (host: string): boolean => ipVersionOf(host) !== undefined

/**
 * TCP carries no host name. What a member sends to such a port goes to the one host that uses it or, for a pattern,
 * anywhere. Source: https://istio.io/latest/docs/reference/config/analysis/ist0134/
 */
export function sharedPorts({ workload: { object }, traffic }: Member): Finding[] {
  const calls = traffic.outbound.flatMap(({ flow: { key, destination, port, plain } }) =>
    destination.type === 'external' && !plain && typeof port === 'number' && isNameless(destination.host, port)
      ? [{ key, port, isPattern: destination.host.startsWith('*.') }]
      : [],
  )
  return [...groupBy(calls, ({ port }) => String(port)).values()].flatMap((those) => {
    const keys = those.map(({ key }) => key).join(', ')
    if (those.some(({ isPattern }) => isPattern)) return [findings['pattern-on-tcp']({ object }, keys)]
    return those.length === 1 ? [] : [findings['hosts-on-one-tcp-port']({ object }, keys, those.length)]
  })
}

const isNameless = (host: string, port: number): boolean => !isAddress(host) && externalProtocol(host, port) === 'TCP'
