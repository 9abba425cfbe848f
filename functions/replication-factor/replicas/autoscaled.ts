import type { Finding } from '../../lib/framework/finding.ts'
import { describe, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../build/build.ts'
import { type Scalable, writtenText } from '../build/scalable.ts'
import { findings } from '../findings/index.ts'

/** An autoscaler decides the number: `replicas` would undo its decision, and its minimum must be at least the policy's. */
export function checkAutoscaled(build: Build, scalable: Scalable, wanted: number | undefined): Finding[] {
  const autoscaler = build.autoscalers.get(scalable)
  if (!autoscaler) return []
  const { object, field, min } = autoscaler
  const found: Finding[] = []
  if (valueAt(scalable.object, scalable.path) !== undefined)
    found.push(
      findings['replicas-with-autoscaler'](
        { object: scalable.object, field: { path: scalable.path.join('.') } },
        writtenText(scalable),
        describe(object),
      ),
    )
  if (wanted !== undefined && min !== undefined && min < wanted)
    found.push(
      findings['autoscaler-below-replicas'](
        { object, field: { path: field, currentValue: min, proposedValue: wanted } },
        scalable.name,
        min,
        wanted,
      ),
    )
  return found
}
