import { listAt, textAt } from '../../../../functions/lib/kubernetes/fields.ts'
import { type FieldPath, valueAt } from '../../../../functions/lib/kubernetes/objects.ts'
import { embeddedIn } from '../embedded.ts'
import { type SourceDocument, scalarAt } from '../source-files.ts'

/** Where the resources of a set stand: in the set, or in its steps. */
const partsOf = ({ fields }: SourceDocument): FieldPath[] => [
  ['spec'],
  ...listAt(fields, 'spec', 'steps').map((_, index): FieldPath => ['spec', 'steps', index]),
]

/** An object before it is filled in. */
export interface Template {
  document: SourceDocument
  path: FieldPath
}

export const templatesOf = (document: SourceDocument): Template[] =>
  partsOf(document).flatMap((part) => [
    ...listAt(valueAt(document.fields, part), 'resources').map(
      (_, index): Template => ({
        document,
        path: [...part, 'resources', index],
      }),
    ),
    ...templateIn(document, part),
  ])

/** The texts of templates that no YAML parser reads. */
export const unreadTemplates = (document: SourceDocument): FieldPath[] =>
  partsOf(document).filter(
    (part) =>
      textAt(valueAt(document.fields, part), 'resourcesTemplate') !== undefined &&
      templateIn(document, part).length === 0,
  )

/** The objects in the text of a template. Its lines with conditions and loops count as empty. */
function templateIn(document: SourceDocument, part: FieldPath): Template[] {
  const path = [...part, 'resourcesTemplate']
  const range = scalarAt(document, path)?.range
  if (!range) return []
  const [start, end] = range
  const own = document.text.slice(start, end).replaceAll(CONTROL_LINE, (line) => ' '.repeat(line.length))
  const text = document.text.slice(0, start) + own + document.text.slice(end)
  return embeddedIn({ ...document, text }, path).map((one) => ({ document: { ...one, text: document.text }, path: [] }))
}

const CONTROL_LINE = /^[ \t]*<<-?\s*(?:if|else|end|range|with|\$|\/\*)[^\n]*>>[ \t]*$/gm
