import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'
import { NAME } from '../name.ts'
import type { Kind, Wanted } from './policy-kind.ts'

/** An object of the kind that a person wrote, with the labels that it selects by. */
export interface HandWritten {
  object: KubernetesObject
  selector: Labels
}

/** The hand-written objects of a kind, and the members whose pods they select: one object may select those of several. */
export interface Existing<W extends Wanted> {
  wanted: ReadonlyMap<KubernetesObject, W[]>
  has(one: W): boolean
  findings: Finding[]
}

/** The hand-written objects that select pods of members, leaving out those without a selector. */
export function existingObjects<W extends Wanted>(
  kind: Kind,
  wanted: readonly W[],
  objects: readonly KubernetesObject[],
): Existing<W> {
  const written = selectorIndex(handWritten(kind, objects))
  const found: Finding[] = []
  const pairs = wanted.flatMap((one) => {
    const { namespace, labels } = one.member.workload
    const selecting = written(namespace, labels)
    if (selecting.length > 1) found.push(tooMany(kind, one.member, selecting))
    return selecting.slice(0, 1).map(({ object }) => ({ one, object }))
  })
  const having = new Set(pairs.map(({ one }) => one))
  const byObject = new Map<KubernetesObject, W[]>()
  for (const { one, object } of pairs) {
    const those = byObject.get(object)
    if (those) those.push(one)
    else byObject.set(object, [one])
  }
  return { wanted: byObject, has: (one) => having.has(one), findings: found }
}

/** The hand-written objects of a kind that have a selector, by name. */
export const handWritten = (kind: Kind, objects: readonly KubernetesObject[]): HandWritten[] =>
  objects
    .filter((object) => isKind(object, kind.group, kind.kind) && !isGeneratedBy(object, NAME))
    .map((object) => ({ object, selector: (valueAt(object, kind.selector) ?? {}) as Labels }))
    .filter(({ selector }) => Object.keys(selector).length > 0)
    .toSorted((a, b) => (a.object.metadata.name < b.object.metadata.name ? -1 : 1))

/**
 * Finds the objects that select given labels, in their order. Each is indexed by one label of its selector, so that a
 * look-up stays cheap in a namespace with thousands of objects.
 */
function selectorIndex(written: readonly HandWritten[]): (namespace: string, labels: Labels) => HandWritten[] {
  const keyed = written.map((one, position) => {
    const [key, value] = Object.entries(one.selector).at(-1) as [string, string]
    return { ...one, position, key: `${one.object.metadata.namespace ?? ''}/${key}=${value}` }
  })
  const byLabel = groupBy(keyed, ({ key }) => key)
  return (namespace, labels) =>
    Object.entries(labels)
      .flatMap(([key, value]) => byLabel.get(`${namespace}/${key}=${value}`) ?? [])
      .filter(({ selector }) => selects(selector, labels))
      .toSorted((a, b) => a.position - b.position)
}

/** Source: https://istio.io/latest/docs/reference/config/analysis/ist0110/ */
const tooMany = ({ kind }: Kind, { workload }: Member, selecting: readonly HandWritten[]): Finding =>
  findings['several-objects'](
    { object: workload.object },
    selecting.length,
    kind,
    selecting.map(({ object }) => object.metadata.name).join(', '),
  )
