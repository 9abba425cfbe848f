import { isOfTheMesh } from '../kubernetes/istio.ts'
import { identity, isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type PodTemplate, podTemplateOf } from '../kubernetes/pod-template.ts'
import { namesOf, namespacesOf } from '../kubernetes/previous-names.ts'
import { SCRAPE_PORT } from '../kubernetes/scrape-annotations.ts'
import { servicesOf } from '../kubernetes/service.ts'
import { runtimePodsOf } from '../operators/index.ts'
import { namesBackends } from './backend-references.ts'
import { isMonitor } from './monitor-kinds.ts'
import { type FlowsSpec, writtenCallers } from './schema.ts'

/**
 * What traffic depends on, as it was read. Functions edit objects in place, so a second reading shows whether it still
 * holds.
 */
export interface Read {
  flows: FlowsSpec | undefined
  facts: readonly Fact[]
}

interface Fact {
  object: KubernetesObject
  /** Parts to which a topology keeps a reference. If one is replaced, the topology no longer holds. */
  parts: readonly unknown[]
  text: string
}

/** Reads everything that topology, flows and backends depend on, and nothing else. */
export function readFacts(objects: readonly KubernetesObject[], flows: FlowsSpec | undefined): Read {
  const counts = labelsThatCount(objects, flows)
  return { flows, facts: objects.flatMap((object) => factOf(object, counts) ?? []) }
}

export const isUnchanged = (before: Read, now: Read): boolean =>
  before.flows === now.flows &&
  before.facts.length === now.facts.length &&
  before.facts.every((fact, index) => isSame(fact, now.facts[index] as Fact))

const isSame = (a: Fact, b: Fact): boolean =>
  a.object === b.object && a.text === b.text && a.parts.every((part, index) => part === b.parts[index])

/** The labels of the mesh are written by functions that share traffic, so they count only if something selects by them. */
function labelsThatCount(
  objects: readonly KubernetesObject[],
  flows: FlowsSpec | undefined,
): (label: string) => boolean {
  const selectors = [
    ...servicesOf(objects).map(({ selector }) => selector),
    ...Object.values(flows ?? {}).flatMap(({ selector, from }) => [
      selector,
      ...writtenCallers(from).map(({ caller }) => (typeof caller === 'string' ? undefined : caller.labels)),
    ]),
  ]
  const asked = new Set(selectors.flatMap((selector) => Object.keys(selector ?? {})).filter(isOfTheMesh))
  return (label) => !isOfTheMesh(label) || asked.has(label)
}

function factOf(object: KubernetesObject, counts: (label: string) => boolean): Fact | undefined {
  const template = podTemplateOf(object)
  if (template) return factOfPods(object, template, counts)
  if (isKind(object, '', 'Namespace')) return { object, parts: [], text: object.metadata.name }
  if (isKind(object, '', 'Service'))
    return {
      object,
      parts: [object.spec],
      text: nameAnd(object, [object.spec, object.metadata.annotations?.[SCRAPE_PORT]]),
    }
  if (isMonitor(object)) return { object, parts: [object.spec], text: nameAnd(object, object.metadata.labels) }
  const made = runtimePodsOf(object)
  if (made.length > 0) return { object, parts: [], text: nameAnd(object, made) }
  if (!namesBackends(object)) return undefined
  const { apiVersion, kind, metadata, ...content } = object
  return { object, parts: [], text: nameAnd(object, content) }
}

function factOfPods(object: KubernetesObject, template: PodTemplate, counts: (label: string) => boolean): Fact {
  const labels = template.metadata?.labels
  const { containers, initContainers } = template.spec
  const ports = [...(initContainers ?? []), ...containers].map(({ ports, restartPolicy }) => [ports, restartPolicy])
  const selecting = Object.entries(labels ?? {}).filter(([label]) => counts(label))
  const selector = valueAt(object, ['spec', 'selector'])
  return { object, parts: [template.spec, labels], text: nameAnd(object, [selecting, ports, selector]) }
}

const nameAnd = (object: KubernetesObject, content: unknown): string =>
  JSON.stringify([identity(object), namesOf(object), namespacesOf(object), content])
