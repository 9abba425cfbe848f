import { overrideFor } from '../../lib/kubernetes/workload.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import type { Direction } from '../policy.ts'
import type { Subject } from './subject.ts'

type Staged = Pick<NetworkPolicyDefaultDenySpec, 'stage' | 'directions' | 'workloads'>
export type Stage = Staged['stage']

/** How far each stage goes on the way to denying everything by default. */
const DENIED: Readonly<Record<Stage, readonly Direction[]>> = {
  audit: [],
  ingress: ['Ingress'],
  full: ['Ingress', 'Egress'],
}

const at = (stage: Stage, { directions }: Staged): Direction[] =>
  directions.filter((direction) => DENIED[stage].includes(direction))

/** The directions that are denied in whole namespaces. */
export const deniedDirections = (spec: Staged): Direction[] => at(spec.stage, spec)

/** The stage that policy gives these pods; undefined where they are at that of all others. */
export function ownStage({ workload, name }: Subject, { workloads }: Staged): Stage | undefined {
  if (workload) return overrideFor(workloads, workload)?.stage
  return Object.hasOwn(workloads, name) ? workloads[name]?.stage : undefined
}

/** The directions that are denied to and from these pods. */
export const deniedTo = (subject: Subject, spec: Staged): Direction[] => at(ownStage(subject, spec) ?? spec.stage, spec)
