import { dirname, resolve } from 'node:path'
import type { Scalar } from 'yaml'
import { keysOfPointer } from '../../functions/lib/charts/json-patch.ts'
import { isHelmRelease } from '../../functions/lib/charts/release.ts'
import { isOciRepository } from '../../functions/lib/charts/source.ts'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import { type Fields, isFields, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { embeddedIn } from './embedded.ts'
import { documentsOfFile, isKustomization, objectOf, type Path, type SourceDocument, scalarAt } from './source-files.ts'

/** An object, or a patch of one, and where its fields are written. */
export interface Written {
  /** Of a patch, only what it sets, under the name of the object that it patches. */
  object: KubernetesObject
  document: SourceDocument
  /** The scalar of a field, if it is written here. */
  at(path: Path): Scalar | undefined
  /** Folder of the kustomization that applies the patch; undefined for an object. */
  patchedBy?: string
}

export const isHelmChart = (object: KubernetesObject): boolean =>
  isKind(object, 'source.toolkit.fluxcd.io', 'HelmChart')

/** The kinds that have versions of charts, with their groups, which a target of a patch may leave out. */
const GROUPS: Readonly<Record<string, string>> = {
  HelmRelease: 'helm.toolkit.fluxcd.io',
  OCIRepository: 'source.toolkit.fluxcd.io',
  HelmChart: 'source.toolkit.fluxcd.io',
}
const hasVersion = (object: KubernetesObject): boolean =>
  isHelmRelease(object) || isOciRepository(object) || isHelmChart(object)

/** The objects of a tree, and the patches of those that have versions, wherever they are written. */
export function writtenIn(documents: readonly SourceDocument[]): Written[] {
  const objects = documents.flatMap((document) => writtenAs(objectOf(document), document) ?? [])
  const patches = documents.flatMap(patchesOf)
  const files = new Map(patches.map((patch) => [patch.file, patch]))
  const plain = objects.map((one): Written => {
    const patch = files.get(one.document.file)
    return patch ? { ...one, object: renamed(one.object, patch.target, objects), patchedBy: patch.by } : one
  })
  const elsewhere = patches
    .filter(({ document, file }) => file === undefined || !objects.some((one) => one.document.file === document.file))
    .flatMap((patch) => readPatch(patch, objects) ?? [])
  return [...plain, ...elsewhere]
}

const writtenAs = (object: KubernetesObject | undefined, document: SourceDocument): Written | undefined =>
  object && { object, document, at: (path) => scalarAt(document, path) }

/** A patch, and what a kustomization applies it to. */
interface Patch {
  document: SourceDocument
  /** The file that it has to itself. */
  file: string | undefined
  target: Fields | undefined
  by: string
}

/** The patches of a kustomization, or of a Kustomization of Flux, in its own text and in files. */
function patchesOf(document: SourceDocument): Patch[] {
  const by = dirname(document.file)
  const isOfFlux = document.fields.apiVersion === 'kustomize.toolkit.fluxcd.io/v1'
  if (!isKustomization(document) && !isOfFlux) return []
  const at = isOfFlux ? ['spec'] : []
  const lists = ['patches', 'patchesJson6902'].flatMap((list) =>
    listAt(document.fields, ...at, list).map((patch, index) => ({ patch, path: [...at, list, index, 'patch'] })),
  )
  const targeted = lists.flatMap(({ patch, path }): Patch[] => {
    const target = isFields(patch.target) ? patch.target : undefined
    const file = typeof patch.path === 'string' ? resolve(by, patch.path) : undefined
    const inner = file === undefined ? embeddedIn(document, path) : documentsOfFile(file)
    return inner.map((one) => ({ document: one, file, target, by }))
  })
  const merged = Array.isArray(document.fields.patchesStrategicMerge) ? document.fields.patchesStrategicMerge : []
  const strategic = merged.flatMap((entry, index): Patch[] => {
    const text = String(entry)
    const file = text.includes('\n') ? undefined : resolve(by, text)
    const inner = file === undefined ? embeddedIn(document, ['patchesStrategicMerge', index]) : documentsOfFile(file)
    return inner.map((one) => ({ document: one, file, target: undefined, by }))
  })
  return [...targeted, ...strategic]
}

function readPatch({ document, target, by }: Patch, objects: readonly Written[]): Written | undefined {
  const { data } = document
  if (Array.isArray(data)) return jsonPatch(document, data.filter(isFields), target, by, objects)
  const object = objectOf(document)
  const written = object && hasVersion(object) ? writtenAs(renamed(object, target, objects), document) : undefined
  return written && { ...written, patchedBy: by }
}

/** Operations of JSON Patch as the object that they make out of nothing. */
function jsonPatch(
  document: SourceDocument,
  operations: readonly Fields[],
  target: Fields | undefined,
  by: string,
  objects: readonly Written[],
): Written | undefined {
  const kind = textAt(target, 'kind') ?? ''
  const group = textAt(target, 'group') ?? GROUPS[kind]
  if (group === undefined || group !== GROUPS[kind]) return undefined
  const sets = operations.flatMap(({ op, path, value }, index) =>
    (op === 'add' || op === 'replace') && typeof path === 'string' ? [{ keys: keysOfPointer(path), value, index }] : [],
  )
  const object = { apiVersion: `${group}/v1`, kind, metadata: { name: '' }, spec: {} } as KubernetesObject
  for (const { keys, value } of sets) set(object as unknown as Fields, keys, value)
  return {
    object: renamed(object, target, objects),
    document,
    patchedBy: by,
    at: (path) => {
      const found = sets.findLast(({ keys }) => keys.every((key, depth) => key === path[depth]))
      return found && scalarAt(document, [found.index, 'value', ...path.slice(found.keys.length)])
    },
  }
}

function set(root: Fields, [key = '', ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) root[key] = value
  else {
    const inner = isFields(root[key]) ? root[key] : {}
    root[key] = inner
    set(inner, deeper, value)
  }
}

/** A target names objects by a regular expression, and a patch with a target need not name any. */
function renamed(object: KubernetesObject, target: Fields | undefined, objects: readonly Written[]): KubernetesObject {
  if (target === undefined) return object
  const pattern = textAt(target, 'name')
  const isMeant = matcherOf(pattern)
  const meant = objects.find(
    ({ object: one }) => one.kind === object.kind && one.metadata.name !== undefined && isMeant(one.metadata.name),
  )
  const name = meant?.object.metadata.name ?? pattern ?? object.metadata.name
  const namespace = textAt(target, 'namespace') ?? meant?.object.metadata.namespace ?? object.metadata.namespace
  return { ...object, metadata: { ...object.metadata, name, ...(namespace !== undefined && { namespace }) } }
}

function matcherOf(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true
  try {
    const whole = new RegExp(`^(?:${pattern})$`)
    return (name) => whole.test(name)
  } catch {
    // Go knows expressions that are none here.
    return (name) => name === pattern
  }
}
