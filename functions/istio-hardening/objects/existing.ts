import { type Finding, warning } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import { type Member, NAME } from '../mesh/member.ts'
import type { Kind, Wanted } from './one-per-workload.ts'

/** An object of the kind that a person wrote, with the labels that it selects by. */
interface Written {
  object: KubernetesObject
  selector: Labels
}

/** What a person wrote of a kind, and for whom: one object may select the pods of several members. */
export interface Existing<W extends Wanted> {
  wanted: ReadonlyMap<KubernetesObject, W[]>
  has(one: W): boolean
  findings: Finding[]
}

/** The hand-written objects that select pods of members; an object without labels to select by is none of them. */
export function existingObjects<W extends Wanted>(
  kind: Kind,
  wanted: readonly W[],
  objects: readonly KubernetesObject[],
): Existing<W> {
  const written = writtenObjects(kind, objects)
  const findings: Finding[] = []
  const found = wanted.flatMap((one) => {
    const { namespace, labels } = one.member.workload
    const selecting = (written.get(namespace) ?? []).filter(({ selector }) => selects(selector, labels))
    if (selecting.length > 1) findings.push(tooMany(kind, one.member, selecting))
    return selecting.slice(0, 1).map(({ object }) => ({ one, object }))
  })
  const having = new Set(found.map(({ one }) => one))
  const byObject = new Map<KubernetesObject, W[]>()
  for (const { one, object } of found) byObject.set(object, [...(byObject.get(object) ?? []), one])
  return { wanted: byObject, has: (one) => having.has(one), findings }
}

function writtenObjects(kind: Kind, objects: readonly KubernetesObject[]): Map<string, Written[]> {
  const written = objects
    .filter((object) => isKind(object, kind.group, kind.kind) && !isGeneratedBy(object, NAME))
    .map((object) => ({ object, selector: (valueAt(object, kind.selector) ?? {}) as Labels }))
    .filter(({ selector }) => Object.keys(selector).length > 0)
    .toSorted((a, b) => (a.object.metadata.name < b.object.metadata.name ? -1 : 1))
  return groupBy(written, ({ object }) => object.metadata.namespace ?? '')
}

/** Source: https://istio.io/latest/docs/reference/config/analysis/ist0110/ */
const tooMany = ({ kind }: Kind, { workload }: Member, selecting: readonly Written[]): Finding =>
  warning(
    `found ${selecting.length} objects of kind ${kind} that select its pods: ${selecting.map(({ object }) => object.metadata.name).join(', ')}; expected one, since Istio does not say which of them holds`,
    { object: workload.object },
  )
