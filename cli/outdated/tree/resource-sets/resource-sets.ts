import { textAt } from '../../../../functions/lib/kubernetes/fields.ts'
import {
  type FieldPath,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../../../functions/lib/kubernetes/objects.ts'
import { type NotCompared, namedAt } from '../not-compared.ts'
import { objectOf, type SourceDocument, scalarAt } from '../source-files.ts'
import type { WrittenValue } from '../written-value.ts'
import { filledIn, valueIn } from './fill-in.ts'
import { hasInputs, type Input, inputsOf } from './inputs.ts'
import { type Template, templatesOf, unreadTemplates } from './templates.ts'

/**
 * An object that a ResourceSet of the Flux Operator makes of one of its inputs, and what one document has of it: the template,
 * or the input. Source: https://fluxoperator.dev/docs/crd/resourceset/
 */
export interface Made {
  object: KubernetesObject
  document: SourceDocument
  /** The value of a field, if this document decides it. */
  at(path: FieldPath): WrittenValue | undefined
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
  const isUnread = unreadTemplates(document).length > 0
  return [
    ...(unknown ? [namedAt(document, name, 'a ResourceSet with inputs that this tree does not show')] : []),
    ...(isUnread
      ? [namedAt(document, name, 'a ResourceSet with a template that is no YAML before it is filled in')]
      : []),
  ]
}

const OPERATOR = 'fluxcd.controlplane.io'

const isOfKind =
  (kind: string) =>
  (document: SourceDocument): boolean => {
    const object = objectOf(document)
    return object !== undefined && isKind(object, OPERATOR, kind)
  }
const isOfResourceSet = isOfKind('ResourceSet')
const isProvider = isOfKind('ResourceSetInputProvider')

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
