import { containerPort, type Workload } from '../../functions/lib/kubernetes/workload.ts'
import type { Rule } from './restrictions.ts'

/** A port of the pods of a workload. */
export interface Target {
  workload: Workload
  /** The pod, where a Service selects one of a StatefulSet. */
  replica?: string | undefined
  port: number
  protocol: string
}

/** Does a rule open the port, to whomever? */
export const admits = ({ ports }: Rule, { workload, port, protocol }: Target): boolean =>
  ports === undefined ||
  ports.some((one) => {
    if (one.protocol !== protocol && one.protocol !== 'ANY') return false
    const first = typeof one.port === 'string' ? containerPort(workload, one.port) : one.port
    if (one.port === undefined) return true
    return first !== undefined && port >= first && port <= (one.endPort ?? first)
  })
