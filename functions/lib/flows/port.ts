export type Protocol = 'TCP' | 'UDP' | 'SCTP'
export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP']

/** A port as a person writes it, of a Service, of pods or of a host outside the cluster. */
export interface WrittenPort {
  /** The first of a range. */
  port: number | string
  /** Last port of a range, for hosts outside the cluster, and for pods if every port is meant. */
  endPort?: number
  /** undefined: whichever the Service or the containers declare for the port, else TCP. */
  protocol?: Protocol | undefined
}

/** A port on pods, or at a host outside the cluster. It is a name only if no manifest of the build describes the pods. */
export interface Port extends WrittenPort {
  protocol: Protocol
}

export const tcp = (port: number): Port => ({ protocol: 'TCP', port })
export const udp = (port: number): Port => ({ protocol: 'UDP', port })

/** Every port of a protocol. */
export const everyPort = (protocol: Protocol): Port => ({ protocol, port: 1, endPort: 65535 })
export const isEveryPort = ({ port, endPort }: WrittenPort): boolean => port === 1 && endPort === 65535

/** Proxies and tunnels of the mesh carry TCP alone. A flow without a protocol is TCP unless its Service says otherwise. */
export const isTcp = ({ protocol }: WrittenPort): boolean => protocol === undefined || protocol === 'TCP'

/** The number of a port; NaN for a name. */
export const numberOf = ({ port }: WrittenPort): number => Number(port)
