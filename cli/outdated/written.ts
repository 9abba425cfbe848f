import { dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { keysOfPointer } from '../../functions/lib/charts/json-patch.ts'
import { isHelmRelease } from '../../functions/lib/charts/release.ts'
import { isOciRepository } from '../../functions/lib/charts/source.ts'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import {
  type Fields,
  isFields,
  isKind,
  type KubernetesObject,
  type TypeMeta,
} from '../../functions/lib/kubernetes/objects.ts'
import { embeddedIn } from './embedded.ts'
import { type Builds, builtByFlux } from './overrides.ts'
import { type Replaced, replacedIn } from './replacements.ts'
import { selectorOf } from './selected.ts'
import { documentsOfFile, isKustomization, objectOf, type Path, type SourceDocument, scalarAt } from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

/** An object, or a patch of one, and where its fields are written. */
export interface Written {
  /** Of a patch, only what it sets, under the name of the object that it patches. */
  object: KubernetesObject
  document: SourceDocument
  /** The value of a field, if it is written here. */
  at(path: Path): WrittenValue | undefined
  /** Folder of the kustomization that applies the patch; undefined for an object. */
  patchedBy?: string
}

export const isHelmChart = (object: KubernetesObject): boolean =>
  isKind(object, 'source.toolkit.fluxcd.io', 'HelmChart')

/** The kinds that have versions of charts, with their groups. */
const GROUPS: Readonly<Record<string, string>> = {
  HelmRelease: 'helm.toolkit.fluxcd.io',
  OCIRepository: 'source.toolkit.fluxcd.io',
  HelmChart: 'source.toolkit.fluxcd.io',
}
const hasVersion = (object: KubernetesObject): boolean =>
  isHelmRelease(object) || isOciRepository(object) || isHelmChart(object)

/** The objects of a tree, and what patches and replacements set in those that have versions, wherever it is written. */
export function writtenIn(documents: readonly SourceDocument[], builds: Builds): Written[] {
  const patches = documents.flatMap(patchesOf)
  const files = new Set(patches.map(({ file }) => file))
  const objects = documents
    .filter(({ file }) => !files.has(file))
    .flatMap((document) => writtenAs(objectOf(document), document) ?? [])
  const replaced = replacedIn(documents, builds)
  return [
    ...objects,
    ...patches.flatMap((patch) => readPatch(patch, { objects, builds })),
    ...replaced.filter(({ object, part }) => hasVersion(object) && part === undefined).map(asPatch),
  ]
}

/** What a patch may be applied to. */
interface Tree {
  objects: readonly Written[]
  builds: Builds
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
  /** Folder whose build it is applied to. */
  build: string
}

/** The patches of a kustomization, or of a Kustomization of Flux, in its own text and in files. */
function patchesOf(document: SourceDocument): Patch[] {
  const by = dirname(document.file)
  const isOfFlux = textAt(document.fields, 'apiVersion')?.startsWith('kustomize.toolkit.fluxcd.io/') === true
  if (!isKustomization(document) && !isOfFlux) return []
  const at = isOfFlux ? ['spec'] : []
  const build = isOfFlux ? builtByFlux(by, textAt(document.fields, 'spec', 'path') ?? '.') : by
  const lists = ['patches', 'patchesJson6902'].flatMap((list) =>
    listAt(document.fields, ...at, list).map((patch, index) => ({ patch, path: [...at, list, index, 'patch'] })),
  )
  const targeted = lists.flatMap(({ patch, path }): Patch[] => {
    const target = isFields(patch.target) ? patch.target : undefined
    const file = typeof patch.path === 'string' ? resolve(by, patch.path) : undefined
    const inner = file === undefined ? embeddedIn(document, path) : documentsOfFile(file)
    return inner.map((one) => ({ document: one, file, target, by, build }))
  })
  const merged = Array.isArray(document.fields.patchesStrategicMerge) ? document.fields.patchesStrategicMerge : []
  const strategic = merged.flatMap((entry, index): Patch[] => {
    const text = String(entry)
    const file = text.includes('\n') ? undefined : resolve(by, text)
    const inner = file === undefined ? embeddedIn(document, ['patchesStrategicMerge', index]) : documentsOfFile(file)
    return inner.map((one) => ({ document: one, file, target: undefined, by, build }))
  })
  return [...targeted, ...strategic]
}

function readPatch(patch: Patch, tree: Tree): Written[] {
  const { document, target, by } = patch
  const { object, at } = Array.isArray(document.data)
    ? operationsAsObject(document, document.data.filter(isFields))
    : { object: objectOf(document), at: (path: Path) => scalarAt(document, path) }
  if (!object) return []
  const typed = target ? typesOf(target).map((type) => ({ ...object, ...type })) : [object].filter(hasVersion)
  return typed.flatMap((one) => renamed(one, patch, tree)).map((one) => ({ object: one, document, at, patchedBy: by }))
}

/** The types with versions that a target selects, whatever type the patch itself names. */
function typesOf(target: Fields): TypeMeta[] {
  const isSelected = selectorOf({ kind: target.kind, group: target.group })
  return Object.entries(GROUPS)
    .map(([kind, group]) => ({ apiVersion: `${group}/v1`, kind }))
    .filter((type) => isSelected({ ...type, metadata: { name: '' } }))
}

/** Operations of JSON Patch as the object that they make out of nothing. */
function operationsAsObject(document: SourceDocument, operations: readonly Fields[]) {
  const sets = operations.flatMap(({ op, path, value }, index) =>
    (op === 'add' || op === 'replace') && typeof path === 'string' ? [{ keys: keysOfPointer(path), value, index }] : [],
  )
  const object = { apiVersion: '', kind: '', metadata: { name: '' }, spec: {} } as KubernetesObject
  for (const { keys, value } of sets) set(object as unknown as Fields, keys, value)
  const at = (path: Path): WrittenValue | undefined => {
    const found = sets.findLast(({ keys }) => keys.every((key, depth) => key === path[depth]))
    return found && scalarAt(document, [found.index, 'value', ...path.slice(found.keys.length)])
  }
  return { object, at }
}

/** A replacement as the patch that sets its field alone. */
function asPatch({ object: { apiVersion, kind, metadata }, field, document, value, by }: Replaced): Written {
  const object = { apiVersion, kind, metadata, spec: {} } as KubernetesObject
  set(object as unknown as Fields, field.map(String), value.value)
  const at = (path: Path): WrittenValue | undefined => (isDeepStrictEqual(path, field) ? value : undefined)
  return { object, document, at, patchedBy: by }
}

function set(root: Fields, [key = '', ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) root[key] = value
  else {
    const inner = isFields(root[key]) ? root[key] : {}
    root[key] = inner
    set(inner, deeper, value)
  }
}

/**
 * The patch under the name of each object that it is applied to: those of its target in its build, or else in the tree. Under
 * its own name if there is none. A patch with a target need not name any.
 */
function renamed(object: KubernetesObject, { target, build }: Patch, tree: Tree): KubernetesObject[] {
  if (target === undefined) return [object]
  const isSelected = selectorOf({ ...target, version: undefined })
  const meant = tree.objects.filter(({ object: one }) => one.kind === object.kind && isSelected(one))
  const built = meant.filter(({ document }) => tree.builds.has(build, document.file))
  const names = (built.length > 0 ? built : meant).map(({ object: one }) => one.metadata)
  const own = { name: textAt(target, 'name') ?? object.metadata.name, namespace: object.metadata.namespace }
  return (names.length > 0 ? names : [own]).map((metadata) => {
    const namespace = textAt(target, 'namespace') ?? metadata.namespace
    return {
      ...object,
      metadata: { ...object.metadata, name: metadata.name, ...(namespace !== undefined && { namespace }) },
    }
  })
}
