import { listAt, textAt } from '../../lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'

/**
 * May a ResourceSet of the Flux Operator make an object of this kind and name? What a template fills in may be any text. Source:
 * https://fluxoperator.dev/docs/crd/resourceset/
 */
export function mayMake(object: KubernetesObject, kind: string, name: string): boolean {
  if (!isKind(object, 'fluxcd.controlplane.io', 'ResourceSet')) return false
  return [object.spec, ...listAt(object, 'spec', 'steps')].some((part) => {
    const template = textAt(part, 'resourcesTemplate') ?? ''
    return (
      listAt(part, 'resources').some(
        (one) => mayBe(textAt(one, 'kind'), kind) && mayBe(textAt(one, 'metadata', 'name'), name),
      ) ||
      (valuesOf(template, 'kind').some((one) => mayBe(one, kind)) &&
        valuesOf(template, 'name').some((one) => mayBe(one, name)))
    )
  })
}

/** The values of a key, wherever the text of a template has it. */
const valuesOf = (template: string, key: string): string[] =>
  [...template.matchAll(new RegExp(`\\b${key}:[ \\t]*["']?([^\\n"',}]+)`, 'g'))].map(([, value = '']) => value.trim())

const ACTION = /<<[^\n]*?>>/g

/** The parts of a text between its templates are found in this order. */
function mayBe(written: string | undefined, text: string): boolean {
  if (written === undefined) return false
  const parts = written.split(ACTION)
  if (parts.length === 1) return written === text
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    at = text.indexOf(part, at)
    if (at < 0) return false
    at += part.length
  }
  return at <= text.length - last.length
}
