import { listAt, textAt } from '../../../../functions/lib/kubernetes/fields.ts'
import { type FieldPath, type Fields, isFields, valueAt } from '../../../../functions/lib/kubernetes/objects.ts'
import type { SourceDocument } from '../source-files.ts'

/** A map of inputs in a file. */
export interface Input {
  document: SourceDocument
  path: FieldPath
}

export const hasInputs = ({ fields }: SourceDocument): boolean =>
  listAt(fields, 'spec', 'inputs').length > 0 || listAt(fields, 'spec', 'inputsFrom').length > 0

/** Its own inputs, and those of providers whose values are written down. `unknown` tells whether it has others. */
export function inputsOf(
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
