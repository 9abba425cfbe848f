import type { Labels } from '../kubernetes/selector.ts'
import type { Workload } from '../kubernetes/workload.ts'
import type { Flow } from './flow.ts'
import { everyPort, isTcp, type Port } from './port.ts'

/** Pods that a flow goes to and one port on them, as the callee's and the caller's side need them. */
export interface Callee {
  namespace: string
  /** The workload, if it is in the build. */
  workload: Workload | undefined
  /** The name for what is derived from it: the workload's, or the one that the flow gives run-time pods. */
  name: string
  /** The one pod of the StatefulSet that is called, by its name. */
  replica?: string
  /** Is its side of the flow this build's to write? */
  isHere: boolean
  /** What selects its pods; undefined if they are in another stack, of which only the namespace is known. */
  labels: Labels | undefined
  /** Port on the pod. */
  port: Port
  /** Port that callers dial: the Service's if it has an address of its own, else the pod's. */
  dialled: Port
  /** `service.namespace.svc.cluster.local`, `*` for every Service of a namespace; undefined for a plain flow, which no proxy sees, and for UDP and SCTP. */
  host: string | undefined
}

/** Sidecars list hosts for TCP only. */
export const calleesAt = (pods: Omit<Callee, 'port' | 'dialled'>, ports: readonly Port[], podPort?: number): Callee[] =>
  ports.map((dialled) => ({
    ...pods,
    port: podPort === undefined ? dialled : { ...dialled, port: podPort },
    dialled,
    host: isTcp(dialled) ? pods.host : undefined,
  }))

/** Every port, of the flow's protocol or of TCP and UDP. */
export const everyPorts = ({ protocol }: Flow): Port[] =>
  (protocol ? [protocol] : (['TCP', 'UDP'] as const)).map(everyPort)
