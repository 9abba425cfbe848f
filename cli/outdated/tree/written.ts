import { isDeepStrictEqual } from 'node:util'
import { isHelmRelease } from '../../../functions/lib/charts/release.ts'
import { isOciRepository } from '../../../functions/lib/charts/source.ts'
import { textAt } from '../../../functions/lib/kubernetes/fields.ts'
import {
  type FieldPath,
  type Fields,
  isKind,
  type KubernetesObject,
  type TypeMeta,
} from '../../../functions/lib/kubernetes/objects.ts'
import type { Builds } from './overrides.ts'
import { contentOf, type Patch, patchedBy, patchesOf, setAt } from './patches.ts'
import { type Replaced, replacedIn } from './replacements.ts'
import { selectorOf } from './selected.ts'
import { objectOf, type SourceDocument, scalarAt } from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

/** An object, or a patch of one, and where its fields are written. */
export interface Written {
  /** Of a patch, only what it sets, under the name of the object that it patches. */
  object: KubernetesObject
  document: SourceDocument
  /** The value of a field, if it is written here. */
  at(path: FieldPath): WrittenValue | undefined
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

function readPatch(patch: Patch, tree: Tree): Written[] {
  const { document, target, by } = patch
  const { object, at } = contentOf(patch)
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

/** A replacement as the patch that sets its field alone. */
function asPatch({ object: { apiVersion, kind, metadata }, field, document, value, by }: Replaced): Written {
  const object = { apiVersion, kind, metadata, spec: {} } as KubernetesObject
  setAt(object as unknown as Fields, field.map(String), value.value)
  const at = (path: FieldPath): WrittenValue | undefined => (isDeepStrictEqual(path, field) ? value : undefined)
  return { object, document, at, patchedBy: by }
}

/**
 * The patch under the name of each object that it is applied to: those of its target in its build, or else in the tree. Under
 * its own name if there is none. A patch with a target need not name any.
 */
function renamed(object: KubernetesObject, patch: Patch, tree: Tree): KubernetesObject[] {
  const { target } = patch
  if (target === undefined) return [object]
  const ofKind = tree.objects.filter(({ object: one }) => one.kind === object.kind)
  const names = patchedBy(patch, object, ofKind, tree.builds).map(({ metadata }) => metadata)
  const own = { name: textAt(target, 'name') ?? object.metadata.name, namespace: object.metadata.namespace }
  return (names.length > 0 ? names : [own]).map((metadata) => {
    const namespace = textAt(target, 'namespace') ?? metadata.namespace
    return {
      ...object,
      metadata: { ...object.metadata, name: metadata.name, ...(namespace !== undefined && { namespace }) },
    }
  })
}
