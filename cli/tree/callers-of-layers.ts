import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { declaredBy } from '../../functions/hardening/shared-fields.ts'
import { groupOf, isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { resourceGraph, transformersOf } from './graph.ts'

/** What Kustomize says of a patch that has a list where the object has a map, or the other way. */
const OTHER_KIND = /wrong node kind/i

/** A text of a policy or of a patch, and where it is written. */
interface Layer {
  place: string
  text: string
}

/**
 * Flows whose callers one layer of policy lists and another maps: Kustomize can merge neither with the other, and says
 * so without naming flow or file. One line each; none where Kustomize failed for another reason.
 */
export function callersInTwoForms(folders: readonly string[], stderr: string): string[] {
  if (!OTHER_KIND.test(stderr)) return []
  const forms = new Map<string, { list?: string; map?: string }>()
  for (const { place, text } of layersOf(folders))
    for (const [key, form] of formsIn(text)) {
      const known = forms.get(key) ?? {}
      known[form] ??= place
      forms.set(key, known)
    }
  return [...forms].flatMap(([key, { list, map }]) =>
    list !== undefined && map !== undefined
      ? [
          `flow ${key}: from is a list in ${list} and a map in ${map}; write both as maps of callers to {}, which layers merge`,
        ]
      : [],
  )
}

function layersOf(folders: readonly string[]): Layer[] {
  const stacks = resourceGraph(folders).kustomizations.map(transformersOf)
  const { kustomizations, files } = resourceGraph([...folders, ...stacks.flatMap(({ paths }) => paths)])
  return [
    ...files.map((file) => ({ place: display(file), text: readFileSync(file, 'utf8') })),
    ...kustomizations.flatMap(({ file, fields }) =>
      (Array.isArray(fields.patches) ? fields.patches : []).flatMap((entry) =>
        isFields(entry) && typeof entry.patch === 'string' ? [{ place: display(file), text: entry.patch }] : [],
      ),
    ),
  ]
}

function formsIn(text: string): [key: string, form: 'list' | 'map'][] {
  if (!text.includes('flows:')) return []
  return parseAllDocuments(text).flatMap((document) => {
    const object: unknown = document.errors.length > 0 ? undefined : document.toJS()
    if (!isFields(object) || groupOf(String(object.apiVersion)) !== 'krm-hardening.dev') return []
    const { flows } = declaredBy(object)
    return Object.entries(isFields(flows) ? flows : {}).flatMap(([key, flow]): [string, 'list' | 'map'][] => {
      const from = valueAt(flow, ['from'])
      return Array.isArray(from) ? [[key, 'list']] : isFields(from) ? [[key, 'map']] : []
    })
  })
}
