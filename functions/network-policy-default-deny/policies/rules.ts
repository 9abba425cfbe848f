import type { Port } from '../../lib/flows/port.ts'
import type { Admission, Peer, Rule } from '../policy.ts'

const portKey = ({ protocol, port, endPort }: Port): string =>
  `${typeof port === 'number' ? String(port).padStart(5, '0') : port}/${protocol}${endPort === undefined ? '' : `-${endPort}`}`

/** A text for each peer, equal for equal peers, by which they are sorted. */
const peerKey = (peer: Peer): string =>
  peer.type === 'pods'
    ? JSON.stringify(['pods', peer.namespace, Object.entries(peer.labels ?? {}).sort()])
    : JSON.stringify(Object.values(peer))

interface Admitted {
  peer: Peer
  ports: Map<string, Port>
  isAll: boolean
}

/**
 * The rules that admit exactly what is asked for: one rule for each set of ports, with every peer that has that set. A port
 * that everyone may call is in no rule for single peers. Sorted by ports and peers, whatever the order of the admissions.
 */
export function rulesOf(admissions: readonly Admission[]): Rule[] {
  const admitted = withoutRepeats(byPeer(admissions))
  const rules = new Map<string, { peers: Peer[]; ports: Port[] }>()
  for (const [, { peer, ports, isAll }] of sorted(admitted)) {
    const keys = isAll ? [] : [...ports.keys()].sort()
    const rule = rules.get(keys.join()) ?? { peers: [], ports: keys.map((key) => ports.get(key) as Port) }
    rule.peers.push(peer)
    rules.set(keys.join(), rule)
  }
  return sorted(rules).map(([, rule]) => rule)
}

function byPeer(admissions: readonly Admission[]): Map<string, Admitted> {
  const admitted = new Map<string, Admitted>()
  for (const { peer, ports } of admissions) {
    const key = peerKey(peer)
    const entry = admitted.get(key) ?? { peer, ports: new Map<string, Port>(), isAll: false }
    if (ports === 'all') entry.isAll = true
    else for (const port of ports) entry.ports.set(portKey(port), port)
    admitted.set(key, entry)
  }
  return admitted
}

function withoutRepeats(admitted: Map<string, Admitted>): Map<string, Admitted> {
  const toEveryone = admitted.get(peerKey({ type: 'anyone' }))
  for (const [key, entry] of admitted) {
    if (entry === toEveryone) continue
    for (const port of toEveryone?.ports.keys() ?? []) entry.ports.delete(port)
    if (toEveryone?.isAll || (!entry.isAll && entry.ports.size === 0)) admitted.delete(key)
  }
  return admitted
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
