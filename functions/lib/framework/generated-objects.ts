import { isDeepStrictEqual } from 'node:util'
import { isOfTheMesh } from '../kubernetes/istio.ts'
import { type Fields, identity, isFields, type KubernetesObject, type TypeMeta, typeOf } from '../kubernetes/objects.ts'
import type { Labels } from '../kubernetes/selector.ts'
import { contentHash, OF_THE_CALLER } from './content-hash.ts'
import type { Finding } from './finding.ts'
import { objects as said } from './findings.ts'

/** Argo CD applies waves one after another: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/ */
const SYNC_WAVE = 'argocd.argoproj.io/sync-wave'

/** What is generated: its identity and content. */
export interface Generated extends TypeMeta {
  name: string
  /** That of the owners unless given; '' for none. */
  namespace?: string
  /** Those that all owners carry unless given. */
  labels?: Labels
  spec: Fields
}

/**
 * An object that is generated for its owners: the workloads or the Namespace that it comes with. It gets their namespace,
 * the labels that they share, without those of the mesh, and the sync wave of the first of them to be applied.
 */
export function generatedObject(
  owners: readonly KubernetesObject[],
  { apiVersion, kind, name, namespace = owners[0]?.metadata.namespace ?? '', labels, spec }: Generated,
): KubernetesObject {
  const wave = earliestWave(owners)
  const carried = labels ?? sharedLabels(owners)
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== '' && { namespace }),
      ...(Object.keys(carried).length > 0 && { labels: { ...carried } }),
      ...(wave !== undefined && { annotations: { [SYNC_WAVE]: wave } }),
    },
    spec,
  }
}

function sharedLabels(owners: readonly KubernetesObject[]): Labels {
  const [first = {}, ...others] = owners.map(({ metadata }) => metadata.labels ?? {})
  const shared = ([key, value]: [string, string]): boolean => others.every((other) => other[key] === value)
  return Object.fromEntries(Object.entries(first).filter((label) => !isOfTheMesh(label[0]) && shared(label)))
}

/** That of the owner that is applied first; one without a wave is of wave 0. */
function earliestWave(owners: readonly KubernetesObject[]): string | undefined {
  const waveOf = ({ metadata }: KubernetesObject): string | undefined => metadata.annotations?.[SYNC_WAVE]
  const [first] = owners.toSorted((a, b) => Number(waveOf(a) ?? 0) - Number(waveOf(b) ?? 0))
  return first && waveOf(first)
}

/** Names the function that generated an object: it is made again at every run, and removed when nothing asks for it. */
export const GENERATED_BY = 'krm-hardening.dev/generated-by'
/** Hash of what was generated. It proves that nobody wrote or edited an object that carries the mark. */
export const GENERATED_CONTENT = 'krm-hardening.dev/generated-content'
const MARKS = [GENERATED_BY, GENERATED_CONTENT]

export const isGeneratedBy = (object: KubernetesObject, functionName: string): boolean =>
  object.metadata.annotations?.[GENERATED_BY] === functionName

const isAsGenerated = (object: KubernetesObject): boolean =>
  object.metadata.annotations?.[GENERATED_CONTENT] === contentHash(object, MARKS)

/** A function that generates objects, and the types of what it generates, as `group/Kind`. */
export interface Generator {
  name: string
  types: readonly string[]
}

/**
 * Brings the objects that a function generates to what is wanted: missing ones are added, its own are replaced, and
 * those that nothing asks for any more are removed. A hand-written object of the same identity is left to `complete`.
 * The mark alone does not prove that an object was generated, because anyone can write it into a manifest: nothing is
 * removed that has another type or other content, and what is replaced in spite of an edit is reported.
 */
export function replaceGenerated(
  objects: KubernetesObject[],
  generator: Generator,
  wanted: readonly KubernetesObject[],
  complete: (existing: KubernetesObject, wanted: KubernetesObject) => Finding[] = (existing, from) => {
    fillUnset(existing, from)
    return []
  },
): Finding[] {
  const existing = new Map(objects.map((object) => [identity(object), object]))
  const findings: Finding[] = []
  const kept = new Set<KubernetesObject>()
  for (const object of wanted) {
    const present = existing.get(identity(object))
    if (!present) {
      mark(object, generator.name)
      objects.push(object)
      kept.add(object)
    } else if (isGeneratedBy(present, generator.name)) {
      findings.push(...replaceContent(present, object, generator.name))
      kept.add(present)
    } else findings.push(...complete(present, object))
  }
  for (let index = objects.length - 1; index >= 0; index--) {
    const object = objects[index]
    if (!object || !isGeneratedBy(object, generator.name) || kept.has(object)) continue
    const refused = refuseRemoval(object, generator)
    if (!refused) objects.splice(index, 1)
    findings.push(refused ?? said.removed({ object }))
  }
  return findings
}

function refuseRemoval(object: KubernetesObject, { name, types }: Generator): Finding | undefined {
  if (!types.includes(typeOf(object))) return said['false-mark']({ object }, name, GENERATED_BY)
  return isAsGenerated(object) ? undefined : said['unproven-mark']({ object }, name, GENERATED_BY)
}

function mark(object: KubernetesObject, functionName: string): void {
  const hash = contentHash(object, MARKS)
  const annotations = { ...object.metadata.annotations, [GENERATED_BY]: functionName, [GENERATED_CONTENT]: hash }
  object.metadata.annotations = annotations
}

/** Leaves an object alone if its content is the same, in whatever order, so that it goes out as it came. */
function replaceContent(present: KubernetesObject, wanted: KubernetesObject, functionName: string): Finding[] {
  const isOurs = isAsGenerated(present) || contentHash(present, MARKS) === contentHash(wanted, MARKS)
  mark(wanted, functionName)
  const ofTheCaller = Object.entries(present.metadata.annotations ?? {}).filter(([key]) => OF_THE_CALLER.test(key))
  const annotations = { ...wanted.metadata.annotations, ...Object.fromEntries(ofTheCaller) }
  const content = { ...wanted, metadata: { ...wanted.metadata, annotations } }
  if (isDeepStrictEqual(present, content)) return []
  for (const key of Object.keys(present)) delete present[key]
  Object.assign(present, content)
  return isOurs ? [] : [said.replaced({ object: present })]
}

/** Sets every field of `from` that `to` leaves unset; what a person wrote stays. */
export function fillUnset(to: Fields, from: Readonly<Fields>): void {
  for (const [key, value] of Object.entries(from)) {
    const present = to[key]
    if (present === undefined || present === null) to[key] = structuredClone(value)
    else if (isFields(present) && isFields(value)) fillUnset(present, value)
  }
}
