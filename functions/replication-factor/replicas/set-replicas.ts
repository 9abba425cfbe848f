import type { Finding } from '../../lib/framework/finding.ts'
import { valueAt } from '../../lib/kubernetes/objects.ts'
import { overrideFor } from '../../lib/kubernetes/workload.ts'
import { type Build, countOf, factorOf } from '../build/build.ts'
import type { KnownPart } from '../build/known-parts.ts'
import { type Scalable, writeReplicas, writtenText } from '../build/scalable.ts'
import { findings } from '../findings/index.ts'
import { checkAutoscaled } from './autoscaled.ts'

// Rule: `replicas` of the policy are written where the object has them. A workload that a preset knows to hold data gets
// at least as many as the factor says, and a quorum the next odd number; higher numbers stay. Nothing is written where
// an autoscaler targets the workload: its minimum is compared instead.

export const setReplicas = (build: Build, parts: readonly KnownPart[]): Finding[] => {
  const floors = floorsOf(build, parts)
  return build.scalables.flatMap((scalable) => {
    const wanted = overrideFor(build.spec.replicas, scalable)
    if (build.autoscalers.has(scalable)) return checkAutoscaled(build, scalable, wanted)
    return writeAtLeast(build, scalable, wanted, floors.get(scalable))
  })
}

/** The least replicas of the parts that presets know, where a part is one workload; several workloads are only checked. */
function floorsOf(build: Build, parts: readonly KnownPart[]): Map<Scalable, number> {
  const floors = new Map<Scalable, number>()
  for (const { scalables, replicas } of parts) {
    const [scalable, ...others] = scalables
    const factor = factorOf(build, scalables)
    if (!scalable || others.length > 0 || !replicas || factor === undefined) continue
    const floor = replicas === 'odd factor' && factor % 2 === 0 ? factor + 1 : factor
    floors.set(scalable, Math.max(floor, floors.get(scalable) ?? 0))
  }
  return floors
}

function writeAtLeast(
  build: Build,
  scalable: Scalable,
  wanted: number | undefined,
  floor: number | undefined,
): Finding[] {
  const { value } = countOf(build, scalable)
  if (value === undefined)
    return wanted === undefined
      ? []
      : [
          findings['placeholder-replicas'](
            { object: scalable.object },
            scalable.path.join('.'),
            writtenText(scalable),
            wanted,
          ),
        ]
  const target = wanted ?? Math.max(value, floor ?? 0)
  const isUnwritten = wanted !== undefined && valueAt(scalable.object, scalable.path) === undefined
  if (value !== target || isUnwritten) writeReplicas(scalable, target)
  return []
}
