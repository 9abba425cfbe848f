/** As much of JSON Schema as zod writes. */
export interface JsonSchema {
  [keyword: string]: unknown
  type?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  description?: string
  minimum?: number
}

/** The schema of a spec as a Markdown table: one row for each field, a map's keys as `<name>`. */
export function configTable(schema: JsonSchema): string {
  const rows = rowsOf(schema, '').map((cells) => `| ${cells.join(' | ')} |`)
  return ['| Field | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

type Row = [field: string, type: string, fallback: string, meaning: string]

function rowsOf(schema: JsonSchema, path: string): Row[] {
  const own: Row[] =
    path === ''
      ? []
      : [
          [
            `\`${path}\``,
            typeOf(schema),
            defaultOf(schema),
            (schema.description ?? '').replaceAll('|', '\\|').replaceAll('\n', ' '),
          ],
        ]
  const branches = schema.anyOf ?? [schema]
  return [...own, ...branches.flatMap((branch) => childRows(branch, path))]
}

function childRows(schema: JsonSchema, path: string): Row[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
    rowsOf(child, path === '' ? key : `${path}.${key}`),
  )
  const { additionalProperties: members, items } = schema
  const entries = typeof members === 'object' && hasFields(members) ? rowsOf(members, `${path}.<name>`) : []
  const elements = items && hasFields(items) ? childRows(items, `${path}[]`) : []
  return [...fields, ...entries, ...elements]
}

const hasFields = (schema: JsonSchema): boolean =>
  schema.properties !== undefined ||
  typeof schema.additionalProperties === 'object' ||
  (schema.anyOf ?? []).some(hasFields)

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  if (typeof schema.additionalProperties === 'object')
    return hasFields(schema.additionalProperties) ? 'map' : `map of ${typeOf(schema.additionalProperties)}`
  return schema.type === 'object' ? 'map' : (schema.type ?? 'any')
}

const defaultOf = (schema: JsonSchema): string =>
  schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``
