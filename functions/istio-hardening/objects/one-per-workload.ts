import { setExceptions } from '../../lib/framework/exceptions.ts'
import { error, type Finding } from '../../lib/framework/finding.ts'
import { replaceGenerated } from '../../lib/framework/generated-objects.ts'
import { describe, type Fields, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Member, NAME, objectFor } from '../mesh/member.ts'
import { existingObjects } from './existing.ts'

/** What an object of a kind must say for a member. */
export interface Wanted {
  member: Member
  /** Its spec without the selector. */
  spec: Fields
  /** Why it makes exceptions; they become its annotation. */
  reasons: readonly string[]
}

/** A kind of which Istio lets one object at most select a pod. */
export interface PolicyKind<W extends Wanted = Wanted> {
  group: string
  kind: string
  apiVersion: string
  /** Where its selector stands: the path to the labels. */
  selector: readonly [spec: 'spec', field: string, labels: string]
  /** Brings an object that a person wrote for these members to what they need, and reports where it weakens that. */
  complete(existing: KubernetesObject, wanted: readonly W[]): Finding[]
}

/** What of a kind is data. */
export type Kind = Omit<PolicyKind, 'complete'>

/** Where the objects of these kinds go, and what of a person's already stands there. */
export interface Placement {
  /** Objects to generate, their kind's selector in place. */
  generated: KubernetesObject[]
  findings: Finding[]
}

/**
 * One object per member: a hand-written one whose selector selects the member's pods is completed, whatever its name;
 * where there is none, one is generated. Objects without a selector hold for the namespace and are left alone.
 */
export function place<W extends Wanted>(
  kind: PolicyKind<W>,
  wanted: readonly W[],
  objects: readonly KubernetesObject[],
): Placement {
  const existing = existingObjects(kind, wanted, objects)
  const findings = [...existing.findings]
  for (const [object, those] of existing.wanted) {
    findings.push(...kind.complete(object, those))
    setExceptions(
      object,
      NAME,
      those.flatMap(({ reasons }) => reasons),
    )
  }
  const missing = wanted.filter((one) => !existing.has(one))
  return {
    generated: missing.map((one) => generate(kind, one)),
    findings: [...findings, ...overlaps(kind, missing, wanted)],
  }
}

function generate({ apiVersion, kind, selector }: Kind, { member, spec, reasons }: Wanted): KubernetesObject {
  const [, field, labels] = selector
  const object = objectFor(member, apiVersion, kind, { [field]: { [labels]: { ...member.selector } }, ...spec })
  if (reasons.length > 0) setExceptions(object, NAME, reasons)
  return object
}

/** Two objects that select the same pods would be what Istio leaves undefined. */
function overlaps({ kind }: Kind, missing: readonly Wanted[], all: readonly Wanted[]): Finding[] {
  const those = new Set(all.map(({ member }) => member.workload.object))
  return missing.flatMap(({ member: { workload, alike } }) => {
    const others = alike.filter(({ object }) => those.has(object)).map(({ object }) => describe(object))
    if (others.length === 0) return []
    const all = others.length > 1 ? 'them all' : 'both'
    return [
      error(
        `found no label that tells its pods from those of ${others.sort().join(', ')}, so that its ${kind} would select ${all}; expected a label of its own on its pod template`,
        { object: workload.object, field: { path: formatPath([...workload.template.path, 'metadata', 'labels']) } },
      ),
    ]
  })
}

/** Brings what is generated into the build. A hand-written object in the way is an error, not an overwrite. */
export const addGenerated = (objects: KubernetesObject[], generated: readonly KubernetesObject[]): Finding[] =>
  replaceGenerated(objects, NAME, generated, (existing) => [
    error(
      'found this written by hand for something else, under a name that is generated; expected another name, or that it selects the workload of this name',
      { object: existing },
    ),
  ])
