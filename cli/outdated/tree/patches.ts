import { dirname, resolve } from 'node:path'
import { keysOfPointer } from '../../../functions/lib/charts/json-patch.ts'
import { isHelmRelease } from '../../../functions/lib/charts/release.ts'
import { listAt, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import {
  type FieldPath,
  type Fields,
  formatPath,
  isFields,
  type KubernetesObject,
} from '../../../functions/lib/kubernetes/objects.ts'
import { embeddedIn } from './embedded.ts'
import { type NotCompared, namedAt } from './not-compared.ts'
import { type Builds, builtByFlux } from './overrides.ts'
import type { InTree } from './replacement-sources.ts'
import { selectorOf } from './selected.ts'
import {
  documentsOfFile,
  isFluxKustomization,
  isKustomization,
  objectOf,
  type SourceDocument,
  scalarAt,
} from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

/** A patch, and what a kustomization applies it to. */
export interface Patch {
  document: SourceDocument
  /** The file that it has to itself. */
  file: string | undefined
  target: Fields | undefined
  by: string
  /** Folder whose build it is applied to. */
  build: string
}

/** The patches of a kustomization, of a Kustomization of Flux, or of what a HelmRelease renders, in its own text and in files. */
export function patchesOf(document: SourceDocument): Patch[] {
  const by = dirname(document.file)
  const ofRelease = renderersOf(document).flatMap((at) =>
    listAt(document.fields, ...at).flatMap(({ target }, index) =>
      embeddedIn(document, [...at, index, 'patch']).map(
        (one): Patch => ({
          document: one,
          file: undefined,
          target: isFields(target) ? target : undefined,
          by,
          build: by,
        }),
      ),
    ),
  )
  if (ofRelease.length > 0) return ofRelease
  const isOfFlux = isFluxKustomization(document)
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

/** Paths of the patches in a HelmRelease. Source: https://fluxcd.io/flux/components/helm/helmreleases/#post-renderers */
function renderersOf(document: SourceDocument): FieldPath[] {
  const object = objectOf(document)
  if (!object || !isHelmRelease(object)) return []
  return listAt(object, 'spec', 'postRenderers').map((_, index) => [
    'spec',
    'postRenderers',
    index,
    'kustomize',
    'patches',
  ])
}

/** Patches in text whose characters have lost their places in the file: folded, or quoted over several lines. */
export const unreadIn = (document: SourceDocument): NotCompared[] =>
  [...listsOf(document), ...renderersOf(document)].flatMap((list) =>
    listAt(document.fields, ...list).flatMap((_, index) => {
      const path = [...list, index, 'patch']
      const scalar = scalarAt(document, path)
      const mayPin = /\b(?:image|tag|version|ref)\b/.test(String(scalar?.value))
      return scalar && mayPin && embeddedIn(document, path).length === 0
        ? [
            namedAt(
              document,
              { value: formatPath(path), range: scalar.range },
              'a patch whose text is not in a block (|) or in one line',
            ),
          ]
        : []
    }),
  )

const listsOf = (document: SourceDocument): FieldPath[] =>
  isFluxKustomization(document) ? [['spec', 'patches']] : isKustomization(document) ? [['patches']] : []

/** What a patch sets, as an object that has nothing else, and where it is written. */
export interface Content {
  object: KubernetesObject | undefined
  at(path: FieldPath): WrittenValue | undefined
}

export const contentOf = ({ document }: Patch): Content =>
  Array.isArray(document.data)
    ? operationsAsObject(document, document.data.filter(isFields))
    : { object: objectOf(document), at: (path: FieldPath) => scalarAt(document, path) }

/** Operations of JSON Patch as the object that they make out of nothing. */
function operationsAsObject(document: SourceDocument, operations: readonly Fields[]): Content {
  const sets = operations.flatMap(({ op, path, value }, index) =>
    (op === 'add' || op === 'replace') && typeof path === 'string' ? [{ keys: keysOfPointer(path), value, index }] : [],
  )
  const object = { apiVersion: '', kind: '', metadata: { name: '' }, spec: {} } as KubernetesObject
  for (const { keys, value } of sets) setAt(object as unknown as Fields, keys, value)
  const at = (path: FieldPath): WrittenValue | undefined => {
    const found = sets.findLast(({ keys }) => keys.every((key, depth) => key === path[depth]))
    return found && scalarAt(document, [found.index, 'value', ...path.slice(found.keys.length)])
  }
  return { object, at }
}

export function setAt(root: Fields, [key = '', ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) root[key] = value
  else {
    const inner = isFields(root[key]) ? root[key] : {}
    root[key] = inner
    setAt(inner, deeper, value)
  }
}

/** The objects of its build that a patch is applied to, or else those of the tree. */
export function patchedBy(
  { target, build }: Patch,
  { kind, metadata }: KubernetesObject,
  objects: readonly InTree[],
  builds: Builds,
): KubernetesObject[] {
  const isSelected = selectorOf(target ? { ...target, version: undefined } : { kind, name: metadata.name })
  const meant = objects.filter(({ object }) => isSelected(object))
  const built = meant.filter(({ document }) => builds.has(build, document.file))
  return (built.length > 0 ? built : meant).map(({ object }) => object)
}
