import { dirname } from 'node:path'
import { listAt, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { hasPlaceholder } from '../../../functions/lib/kubernetes/image-reference.ts'
import { formatPath, isKind } from '../../../functions/lib/kubernetes/objects.ts'
import { type Builds, builtByFlux } from './overrides.ts'
import { decidingPiece, type InFile, type Piece } from './pieces.ts'
import { type InTree, sourceOf } from './replacement-sources.ts'
import { isFluxKustomization, isKustomization, objectOf, type SourceDocument, scalarAt } from './source-files.ts'
import { partOf, type WrittenValue, written } from './written-value.ts'

/** `${NAME}`, with a default or none. */
const REFERENCE = /\$\{([A-Za-z_]\w*)(?::?[-=]([^${}]*))?\}/

/**
 * The variables that postBuild of Kustomizations of Flux puts into what they apply. Source:
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export class Variables {
  readonly #kustomizations: readonly SourceDocument[]
  readonly #generators: readonly SourceDocument[]
  readonly #configMaps: readonly InTree[]
  readonly #builds: Builds

  constructor(documents: readonly SourceDocument[], builds: Builds) {
    this.#kustomizations = documents.filter(isFluxKustomization)
    this.#generators = documents.filter(isKustomization)
    this.#configMaps = documents.flatMap((document) => {
      const object = objectOf(document)
      return object && isKind(object, '', 'ConfigMap') ? [{ document, object }] : []
    })
    this.#builds = builds
  }

  /**
   * The places that decide a value: of its variable, once for each Kustomization that sets it, or else its default. The value
   * itself if it has none; nothing if a place is not known.
   */
  decide(document: SourceDocument, value: WrittenValue): InFile[] {
    const text = String(value.value)
    if (!hasPlaceholder(text)) return [{ document, value }]
    const match = REFERENCE.exec(text)
    if (!match) return []
    const [reference, name = '', standard = ''] = match
    const [before, after] = [text.slice(0, match.index), text.slice(match.index + reference.length)]
    if (hasPlaceholder(before + after)) return []
    const end = match.index + reference.length - 1
    const own = standard === '' ? undefined : partOf(value, document.text, end - standard.length, end)
    const set = this.#setsOf(name, document.file)
    const literal = (from: number, to: number): Piece => ({
      text: text.slice(from, to),
      document,
      value: partOf(value, document.text, from, to),
    })
    return (set.length > 0 ? set : own ? [{ document, value: own }] : []).flatMap(
      (one) =>
        decidingPiece([
          literal(0, match.index),
          { ...one, text: String(one.value.value) },
          literal(end + 1, text.length),
        ]) ?? [],
    )
  }

  #setsOf(name: string, file: string): InFile[] {
    const applying = this.#kustomizations.filter(({ file: own, fields }) =>
      this.#builds.has(builtByFlux(dirname(own), textAt(fields, 'spec', 'path') ?? '.'), file),
    )
    const found = (applying.length > 0 ? applying : this.#kustomizations).flatMap((one) => this.#setBy(one, name))
    return [...new Map(found.map((one) => [`${one.document.file} ${one.value.range?.[0]}`, one])).values()]
  }

  /** Inline ones override. */
  #setBy(document: SourceDocument, name: string): InFile[] {
    const path = ['spec', 'postBuild', 'substitute', name]
    const value = scalarAt(document, path)
    if (value) return [{ document, value: { ...written(value), field: formatPath(path) } }]
    return listAt(document.fields, 'spec', 'postBuild', 'substituteFrom').flatMap((from) => {
      if (from.kind !== 'ConfigMap') return []
      const source = { kind: 'ConfigMap', name: from.name, fieldPath: `data.${name}` }
      const maps = this.#configMaps.filter(({ object }) => object.metadata.name === from.name)
      const field = formatPath(['data', name])
      return [...maps.map((map) => [map]), []]
        .flatMap(
          (map) => sourceOf({ source }, { document, path: [] }, map, maps.length > 0 ? [] : this.#generators) ?? [],
        )
        .map((one) => ({ ...one, value: { ...one.value, field } }))
    })
  }
}
