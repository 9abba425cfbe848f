import { parseAllDocuments } from 'yaml'
import type { KubernetesObject } from '../functions/lib/kubernetes/objects.ts'
import { complete, objectsIn } from '../functions/lib/resource-list/objects-of-item.ts'
import { parsing } from '../functions/lib/resource-list/resource-list.ts'
import { hasBreaksOfGo } from '../functions/lib/yaml/breaks-of-go.ts'
import { OPTIONS, toPlain } from '../functions/lib/yaml/kubernetes-yaml.ts'
import { asLinesOfGo, requireOneReading } from '../functions/lib/yaml/line-breaks.ts'
import { parserReason } from '../functions/lib/yaml/parser-reason.ts'
import { Failure } from './exit-code.ts'

/** The objects of any YAML or JSON text, members of Lists included. `source` names it in the Failure (2) for what cannot be read. */
export function readObjects(text: string, source: string): KubernetesObject[] {
  const items = documentsOf(text, source)
  if (hasBreaksOfGo(text)) parsing(source, () => requireOneReading(items, documentsOf(asLinesOfGo(text), source)))
  return items.flatMap((item) => {
    complete(item)
    return objectsIn(item, source)
  })
}

function documentsOf(text: string, source: string): unknown[] {
  const documents = parseAllDocuments(text, OPTIONS)
  if ('empty' in documents) return []
  return documents.map((document) => {
    const [first] = document.errors
    if (first) throw new Failure(`${source} cannot be read as YAML: ${parserReason(first)}`)
    return parsing(source, () => toPlain(document.contents, document))
  })
}
