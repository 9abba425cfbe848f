import { dirname, resolve } from 'node:path'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import {
  type FieldPath,
  type Fields,
  isFields,
  type KubernetesObject,
} from '../../../functions/lib/kubernetes/objects.ts'
import { pathsAt } from './field-path.ts'
import { type NotCompared, namedAt } from './not-compared.ts'
import type { Builds } from './overrides.ts'
import { type InTree, type Part, partIn, sourceOf } from './replacement-sources.ts'
import { selectorOf } from './selected.ts'
import { documentsOfFile, isKustomization, objectOf, type SourceDocument, scalarAt } from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

/** A field that a kustomization replaces by what is written elsewhere. */
export interface Replaced {
  object: KubernetesObject
  field: FieldPath
  /** The part of the field that is replaced; undefined for the whole. */
  part: Part | undefined
  /** Where the value is written. */
  document: SourceDocument
  value: WrittenValue
  /** Folder of the kustomization. */
  by: string
}

/**
 * What the replacements of a tree write into its objects, with the place where each value is written. Source:
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 */
export const replacedIn = (documents: readonly SourceDocument[], builds: Builds): Replaced[] =>
  sourcesIn(documents, builds).flatMap(({ entry, known, source, by }) =>
    source ? targetsOf(entry, known).map((target) => ({ ...target, ...source, by })) : [],
  )

/** Replacements of versions whose source no file shows in one piece. */
export const unreadReplacements = (documents: readonly SourceDocument[], builds: Builds): NotCompared[] =>
  sourcesIn(documents, builds).flatMap(({ entry, at, known, source }) => {
    const isOfVersion = targetsOf(entry, known).some(({ field }) => VERSIONS.has(String(field.at(-1))))
    const named = ['fieldPath', 'name', 'kind'].flatMap(
      (key) => scalarAt(at.document, [...at.path, 'source', key]) ?? [],
    )
    const [first] = named
    return !source && isOfVersion && first
      ? [namedAt(at.document, first, 'a replacement from a field that no file shows')]
      : []
  })

const VERSIONS = new Set(['image', 'tag', 'newTag', 'version', 'semver', 'digest'])

/** The replacements of a tree, with what they choose from and where their values are written. */
function sourcesIn(documents: readonly SourceDocument[], builds: Builds) {
  const objects = documents.flatMap((document) => {
    const object = objectOf(document)
    return object ? [{ document, object }] : []
  })
  return documents.filter(isKustomization).flatMap((document) => {
    const by = dirname(document.file)
    const inBuild = objects.filter((one) => builds.has(by, one.document.file))
    const known = inBuild.length > 0 ? inBuild : objects
    const kustomizations = documents.filter(
      (one) => isKustomization(one) && builds.foldersOf(by).has(dirname(one.file)),
    )
    return replacementsOf(document).map(({ entry, at }) => ({
      entry,
      at,
      known,
      by,
      source: sourceOf(entry, at, known, kustomizations),
    }))
  })
}

interface Replacement {
  entry: Fields
  /** The entry in its file. */
  at: { document: SourceDocument; path: FieldPath }
}

/** The entries of a kustomization, and of the files that it names. */
function replacementsOf(document: SourceDocument): Replacement[] {
  return listAt(document.fields, 'replacements').flatMap((entry, index) => {
    if (typeof entry.path !== 'string') return [{ entry, at: { document, path: ['replacements', index] } }]
    return documentsOfFile(resolve(dirname(document.file), entry.path)).flatMap((inner) =>
      Array.isArray(inner.data)
        ? inner.data.flatMap((one, item) =>
            isFields(one) ? [{ entry: one, at: { document: inner, path: [item] } }] : [],
          )
        : [{ entry: inner.fields, at: { document: inner, path: [] } }],
    )
  })
}

function targetsOf({ targets }: Fields, objects: readonly InTree[]): Pick<Replaced, 'object' | 'field' | 'part'>[] {
  return (Array.isArray(targets) ? targets.filter(isFields) : []).flatMap((target) => {
    const isSelected = selectorOf(isFields(target.select) ? target.select : {})
    const rejects = listAt(target, 'reject').map(selectorOf)
    const fieldPaths = Array.isArray(target.fieldPaths) ? target.fieldPaths.map(String) : ['metadata.name']
    return objects
      .filter(({ object }) => isSelected(object) && !rejects.some((isRejected) => isRejected(object)))
      .flatMap(({ object }) =>
        fieldPaths.flatMap((fieldPath) =>
          pathsAt(object, fieldPath).map((field) => ({ object, field, part: partIn(target.options) })),
        ),
      )
  })
}
