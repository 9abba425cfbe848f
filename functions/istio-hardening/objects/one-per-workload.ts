import { setExceptions } from '../../lib/framework/exceptions.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { describe, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'
import { objectFor } from '../mesh/member.ts'
import { NAME } from '../name.ts'
import { existingObjects } from './existing.ts'
import type { Kind, Placement, PolicyKind, Wanted } from './policy-kind.ts'

/**
 * One object per member: a hand-written one whose selector selects the member's pods is completed, whatever its name;
 * if there is none, one is generated. Objects without a selector hold for the namespace and are left alone.
 */
export function adoptOrGenerate<W extends Wanted>(
  kind: PolicyKind<W>,
  wanted: readonly W[],
  objects: readonly KubernetesObject[],
): Placement {
  const existing = existingObjects(kind, wanted, objects)
  const completed = [...existing.wanted].flatMap(([object, those]) => {
    const found = kind.complete(object, those)
    setExceptions(
      object,
      NAME,
      those.flatMap(({ reasons }) => reasons),
    )
    return found
  })
  const missing = wanted.filter((one) => !existing.has(one))
  return {
    generated: missing.map((one) => generate(kind, one)),
    findings: [...existing.findings, ...completed, ...overlaps(kind, missing, wanted)],
  }
}

function generate({ apiVersion, kind, selector }: Kind, { member, spec, reasons }: Wanted): KubernetesObject {
  const [, field, labels] = selector
  const object = objectFor(member, apiVersion, kind, { [field]: { [labels]: { ...member.selector } }, ...spec })
  if (reasons.length > 0) setExceptions(object, NAME, reasons)
  return object
}

/** If two objects select the same pods, Istio does not define which one holds. */
function overlaps({ kind }: Kind, missing: readonly Wanted[], all: readonly Wanted[]): Finding[] {
  const those = new Set(all.map(({ member }) => member.workload.object))
  return missing.flatMap(({ member: { workload, alike } }) => {
    const others = alike.filter(({ object }) => those.has(object)).map(({ object }) => describe(object))
    if (others.length === 0) return []
    const field = { path: formatPath([...workload.template.path, 'metadata', 'labels']) }
    const all = others.length > 1 ? 'them all' : 'both'
    return [findings['indistinct-pods']({ object: workload.object, field }, others.sort().join(', '), kind, all)]
  })
}
