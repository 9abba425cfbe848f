import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import {
  type Fields,
  formatPath,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../functions/lib/kubernetes/objects.ts'
import { embeddedIn } from './embedded.ts'
import { namedAt } from './not-compared.ts'
import { decidingPiece, type InFile, type Piece } from './pieces.ts'
import type { NotCompared } from './pin.ts'
import { objectOf, type Path, type SourceDocument, scalarAt } from './source-files.ts'
import { partOf, type WrittenValue, written } from './written-value.ts'

/**
 * An object that a ResourceSet of the Flux Operator makes of one of its inputs, and what one document has of it: the template,
 * or the input. Source: https://fluxoperator.dev/docs/crd/resourceset/
 */
export interface Made {
  object: KubernetesObject
  document: SourceDocument
  /** The value of a field, if this document decides it. */
  at(path: Path): WrittenValue | undefined
}

export const isResourceSet = (object: KubernetesObject): boolean => isKind(object, OPERATOR, 'ResourceSet')

/** The objects that the ResourceSets of a tree make of the inputs that the tree shows. */
export function madeIn(documents: readonly SourceDocument[]): Made[] {
  const providers = documents.filter(isProvider)
  return documents.filter(isOfResourceSet).flatMap((document) => {
    const { inputs } = inputsOf(document, providers)
    return templatesOf(document).flatMap((template) => {
      // Without inputs, each resource is made once.
      const all = hasInputs(document) ? inputs : [undefined]
      return all.flatMap((input) => made(template, input))
    })
  })
}

/** What a ResourceSet does not show: inputs from elsewhere, and templates that no YAML parser reads. */
export function unreadResourceSet(document: SourceDocument, documents: readonly SourceDocument[]): NotCompared[] {
  const name = scalarAt(document, ['metadata', 'name'])
  const mayPin = /"(?:image|tag|version|semver)"|\b(?:image|tag|version|semver):/.test(
    JSON.stringify(document.fields.spec),
  )
  if (!name || !mayPin) return []
  const { unknown } = inputsOf(document, documents.filter(isProvider))
  const isUnread = partsOf(document).some(
    (part) => hasTemplate(document, part) && templateIn(document, part).length === 0,
  )
  return [
    ...(unknown ? [namedAt(document, name, 'a ResourceSet with inputs that this tree does not show')] : []),
    ...(isUnread
      ? [namedAt(document, name, 'a ResourceSet with a template that is no YAML before it is filled in')]
      : []),
  ]
}

/** Is a text filled in by the Flux Operator, and not from an input that the tree shows? */
export const isTemplated = (text: string): boolean => /<<.*>>/s.test(text)

const OPERATOR = 'fluxcd.controlplane.io'

const isOfKind =
  (kind: string) =>
  (document: SourceDocument): boolean => {
    const object = objectOf(document)
    return object !== undefined && isKind(object, OPERATOR, kind)
  }
const isOfResourceSet = isOfKind('ResourceSet')
const isProvider = isOfKind('ResourceSetInputProvider')

/** A map of inputs in a file. */
interface Input {
  document: SourceDocument
  path: Path
}

const hasInputs = ({ fields }: SourceDocument): boolean =>
  listAt(fields, 'spec', 'inputs').length > 0 || listAt(fields, 'spec', 'inputsFrom').length > 0

/** Its own inputs, and those of providers whose values are written down. `unknown` tells whether it has others. */
function inputsOf(
  document: SourceDocument,
  providers: readonly SourceDocument[],
): { inputs: Input[]; unknown: boolean } {
  const spec = document.fields.spec
  const own = listAt(spec, 'inputs').map((_, index): Input => ({ document, path: ['spec', 'inputs', index] }))
  const named = listAt(spec, 'inputsFrom').map((from) => providers.filter(chosenBy(from)))
  const isStatic = ({ fields }: SourceDocument): boolean => textAt(fields, 'spec', 'type') === 'Static'
  // Each input then is a combination of all.
  const isPermuted = textAt(spec, 'inputStrategy', 'name') === 'Permute'
  const unknown = isPermuted || named.some((chosen) => chosen.length === 0 || !chosen.every(isStatic))
  const written = named.flat().filter(isStatic)
  return {
    inputs: isPermuted
      ? []
      : [...own, ...written.map((provider): Input => ({ document: provider, path: ['spec', 'defaultValues'] }))],
    unknown,
  }
}

function chosenBy({ name, selector }: Fields): (provider: SourceDocument) => boolean {
  if (typeof name === 'string') return ({ fields }) => textAt(fields, 'metadata', 'name') === name
  const labels = valueAt(selector, ['matchLabels'])
  if (!isFields(labels) || listAt(selector, 'matchExpressions').length > 0) return () => false
  return ({ fields }) =>
    Object.entries(labels).every(([key, value]) => valueAt(fields, ['metadata', 'labels', key]) === value)
}

/** Where the resources of a set stand: in the set, or in its steps. */
const partsOf = ({ fields }: SourceDocument): Path[] => [
  ['spec'],
  ...listAt(fields, 'spec', 'steps').map((_, index): Path => ['spec', 'steps', index]),
]

/** An object before it is filled in. */
interface Template {
  document: SourceDocument
  path: Path
}

const templatesOf = (document: SourceDocument): Template[] =>
  partsOf(document).flatMap((part) => [
    ...listAt(valueAt(document.fields, part), 'resources').map(
      (_, index): Template => ({
        document,
        path: [...part, 'resources', index],
      }),
    ),
    ...templateIn(document, part),
  ])

const hasTemplate = ({ fields }: SourceDocument, part: Path): boolean =>
  textAt(valueAt(fields, part), 'resourcesTemplate') !== undefined

/** The objects in the text of a template. Its lines with conditions and loops count as empty. */
function templateIn(document: SourceDocument, part: Path): Template[] {
  const path = [...part, 'resourcesTemplate']
  const range = scalarAt(document, path)?.range
  if (!range) return []
  const [start, end] = range
  const own = document.text.slice(start, end).replaceAll(CONTROL_LINE, (line) => ' '.repeat(line.length))
  const text = document.text.slice(0, start) + own + document.text.slice(end)
  return embeddedIn({ ...document, text }, path).map((one) => ({ document: { ...one, text: document.text }, path: [] }))
}

const CONTROL_LINE = /^[ \t]*<<-?\s*(?:if|else|end|range|with|\$|\/\*)[^\n]*>>[ \t]*$/gm

/** The object of a template and an input, once for each of the documents that decide its values. */
function made(template: Template, input: Input | undefined): Made[] {
  const object = filledIn(valueAt(template.document.fields, template.path), input)
  if (!isObject(object)) return []
  const documents = new Set([template.document, ...(input ? [input.document] : [])])
  return [...documents].map((document) => ({
    object,
    document,
    at: (path) => {
      const found = valueIn(template, input, path)
      return found?.document === document ? found.value : undefined
    },
  }))
}

const isObject = (value: unknown): value is KubernetesObject =>
  isFields(value) &&
  typeof value.apiVersion === 'string' &&
  typeof value.kind === 'string' &&
  textAt(value, 'metadata', 'name') !== undefined

function filledIn(value: unknown, input: Input | undefined): unknown {
  if (typeof value === 'string')
    return (
      piecesOf(value, input)
        ?.map(({ text }) => text)
        .join('') ?? value
    )
  if (Array.isArray(value)) return value.map((item) => filledIn(item, input))
  return isFields(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner, input)]))
    : value
}

/** Where a field of a made object is decided. */
function valueIn({ document, path }: Template, input: Input | undefined, field: Path): InFile | undefined {
  const own = scalarAt(document, [...path, ...field])
  if (!own) return undefined
  const as = { ...written(own), field: formatPath([...path, ...field]) }
  const pieces = typeof own.value === 'string' ? piecesOf(own.value, input) : undefined
  if (!pieces?.some(({ value }) => value)) return { document, value: as }
  const whole = pieces.map((piece) => {
    if (piece.value) return { ...piece, document: piece.document ?? document }
    return { ...piece, document, value: partOf(as, document.text, piece.from, piece.to) }
  })
  return decidingPiece(whole)
}

/** A piece of a text: from an input, or the template's own, which is at `from` to `to` in it. */
type TemplatePiece = Omit<Piece, 'document'> & { document?: SourceDocument; from: number; to: number }

const OUTPUT = /<<-?\s*inputs\.([A-Za-z_][\w.]*)\s*(?:\|\s*quote\s*)?-?>>/g

/** The pieces of a text; undefined if something else than a value of the input fills it in. */
function piecesOf(text: string, input: Input | undefined): TemplatePiece[] | undefined {
  const pieces: TemplatePiece[] = []
  let from = 0
  const own = (to: number): void => {
    if (to > from) pieces.push({ text: text.slice(from, to), value: undefined, from, to })
  }
  for (const match of text.matchAll(OUTPUT)) {
    const path = [...(input?.path ?? []), ...(match[1] ?? '').split('.')]
    const scalar = input && scalarAt(input.document, path)
    if (!scalar) return undefined
    own(match.index)
    from = match.index + match[0].length
    const value = { ...written(scalar), field: formatPath(path) }
    pieces.push({ text: String(scalar.value), document: input.document, value, from: match.index, to: from })
  }
  own(text.length)
  return isTemplated(text.replaceAll(OUTPUT, '')) ? undefined : pieces
}
