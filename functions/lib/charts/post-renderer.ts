import {
  type Fields,
  groupOf,
  isFields,
  type KubernetesObject,
  setMeta,
  typeOf,
  valueAt,
} from '../kubernetes/objects.ts'
import { digestOf } from './canonical-json.ts'
import type { Operation } from './json-patch.ts'

/** Holds the digest of the managed entry, because an entry of spec.postRenderers has no place for a mark. */
export const MANAGED = 'krm-hardening.dev/post-renderer'

/** The operations for one object of a chart. */
export interface ObjectPatch {
  target: Fields
  operations: readonly Operation[]
}

/** The index of the managed entry; undefined if there is none, 'edited' if the annotation names an entry that is not there. */
export function managedIndex(release: KubernetesObject): number | 'edited' | undefined {
  const digest = release.metadata.annotations?.[MANAGED]
  if (digest === undefined) return undefined
  const index = entriesOf(release).findIndex((entry) => digestOf(entry) === digest)
  return index === -1 ? 'edited' : index
}

/** Does the release have entries of its owner? They run before ours. */
export const hasOwnEntries = (release: KubernetesObject): boolean =>
  entriesOf(release).length > (typeof managedIndex(release) === 'number' ? 1 : 0)

const entriesOf = (release: KubernetesObject): unknown[] => {
  const entries = valueAt(release, ['spec', 'postRenderers'])
  return Array.isArray(entries) ? entries : []
}

/** The patches of the managed entry, by target. */
export function managedPatches(release: KubernetesObject): { target: Fields; operations: Operation[] }[] {
  const index = managedIndex(release)
  if (typeof index !== 'number') return []
  const patches = valueAt(entriesOf(release)[index], ['kustomize', 'patches'])
  return (Array.isArray(patches) ? patches : []).filter(isFields).map(({ target, patch }) => ({
    target: isFields(target) ? target : {},
    operations: readOperations(String(patch)),
  }))
}

/** One JSON operation a line, as `writeOperations` writes them. */
const readOperations = (patch: string): Operation[] =>
  patch.split('\n').flatMap((line) => (line.startsWith('- ') ? [JSON.parse(line.slice(2)) as Operation] : []))

/** A list of YAML with one operation a line in JSON, which YAML includes: no line folds, no string is read as a number. */
const writeOperations = (operations: readonly Operation[]): string =>
  operations.map((operation) => `- ${escapeBreaks(JSON.stringify(operation))}\n`).join('')

/** YAML ends lines at these characters too, JSON does not. */
const escapeBreaks = (json: string): string =>
  json.replaceAll(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * Selects objects of a chart exactly. Kustomize takes names as regular expressions. The namespace is written only if
 * another object of the chart has the same kind and name, because most charts leave it to Helm.
 */
export class Targets {
  readonly #names = new Set<string>()
  readonly #twins = new Set<string>()

  constructor(chart: readonly KubernetesObject[]) {
    for (const name of chart.map(nameOf)) (this.#names.has(name) ? this.#twins : this.#names).add(name)
  }

  /** The target of an object as the chart renders it. */
  of(object: KubernetesObject): Fields {
    const { apiVersion, kind, metadata } = object
    const group = groupOf(apiVersion)
    return {
      ...(group !== '' && { group }),
      version: apiVersion.slice(apiVersion.indexOf('/') + 1),
      kind,
      name: metadata.name.replaceAll('.', '\\.'),
      ...(metadata.namespace !== undefined && this.#twins.has(nameOf(object)) && { namespace: metadata.namespace }),
    }
  }
}

const nameOf = (object: KubernetesObject): string => `${typeOf(object)} ${object.metadata.name}`

/**
 * Puts the patches into the managed entry of a HelmRelease: behind the entries of its owner, or where it already is. Without
 * patches the entry goes.
 */
export function writeManagedEntry(release: KubernetesObject, patches: readonly ObjectPatch[]): void {
  const index = managedIndex(release)
  const entries = entriesOf(release)
  const entry = {
    kustomize: {
      patches: patches.map(({ target, operations }) => ({
        target,
        patch: writeOperations(operations),
      })),
    },
  }
  const at = typeof index === 'number' ? index : entries.length
  const kept = [...entries.slice(0, at), ...(patches.length > 0 ? [entry] : []), ...entries.slice(at + 1)]
  const spec = release.spec as Fields
  if (kept.length > 0) spec.postRenderers = kept
  else delete spec.postRenderers
  if (patches.length > 0) setMeta(release, 'annotations', MANAGED, digestOf(entry))
  else delete release.metadata.annotations?.[MANAGED]
}
