export type Protocol = 'TCP' | 'UDP' | 'SCTP'
export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP']

/** A port on pods, or at a host outside the cluster. */
export interface Port {
  protocol: Protocol
  /** A name only where no manifest of the build holds the pods. */
  port: number | string
  /** Last port of a range, which only hosts outside the cluster have. */
  endPort?: number
}

export const tcp = (port: number): Port => ({ protocol: 'TCP', port })
export const udp = (port: number): Port => ({ protocol: 'UDP', port })

/** Proxies and tunnels of the mesh carry TCP alone. A flow without a protocol is TCP unless its Service says otherwise. */
export const isTcp = ({ protocol }: { protocol?: Protocol | undefined }): boolean =>
  protocol === undefined || protocol === 'TCP'
