import { type Fields, isFields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { ChartFiles } from './chart-files.ts'

export type ValuePath = readonly string[]

/**
 * Does a chart know a value? Its schema decides, if it is strict there. Otherwise it does if the value has a default, is below
 * a default that holds anything (`{}`, null), or if a template reads it, or reads the map that it is in as a whole.
 */
export function knows({ values, schema, templates, subcharts }: ChartFiles, path: ValuePath): boolean {
  const [first = '', ...rest] = path
  const subchart = subcharts.get(first)
  // Helm hands both down to every subchart.
  if (first === 'global' || first === 'enabled') return true
  if (subchart && (rest.length === 0 || knows(subchart, rest))) return true
  return inSchema(schema, path) ?? (hasDefault(values, path) || isRead(templates, path))
}

/** Undefined where the schema leaves it open. */
function inSchema(root: Fields | undefined, path: ValuePath): boolean | undefined {
  let node = root
  for (const key of path) {
    const { properties, patternProperties, additionalProperties } = resolved(root, node) ?? {}
    const property = isFields(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
    if (isFields(property)) node = property
    else
      return additionalProperties === false && patternProperties === undefined && property === undefined
        ? false
        : undefined
  }
  return node === root ? undefined : true
}

/** A schema behind `$ref`, if that leads into the same file. */
export function resolved(root: Fields | undefined, node: Fields | undefined): Fields | undefined {
  const reference = node?.$ref
  if (typeof reference !== 'string') return node
  const target = reference.startsWith('#/') ? valueAt(root, reference.slice(2).split('/').map(unescaped)) : undefined
  return isFields(target) ? target : undefined
}

/** Source: https://www.rfc-editor.org/rfc/rfc6901#section-4 */
const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

function hasDefault(values: Fields, path: ValuePath): boolean {
  let node: unknown = values
  for (const [depth, key] of path.entries()) {
    if (!isFields(node)) return depth > 0
    if (!Object.hasOwn(node, key)) return depth > 0 && Object.keys(node).length === 0
    node = node[key]
  }
  return true
}

/** `.Values.a.b` reads a.b; where nothing follows, it reads everything below, as `toYaml .Values.a` does. */
function isRead(templates: string, path: ValuePath): boolean {
  return path.some((_, index) => {
    const prefix = path
      .slice(0, index + 1)
      .map(escapeForRegExp)
      .join('\\.')
    const isWhole = index + 1 === path.length
    return new RegExp(`\\bValues\\.${prefix}(?![\\w${isWhole ? '' : '.'}])`).test(templates)
  })
}

const escapeForRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
