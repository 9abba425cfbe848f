import { Ajv, type ValidateFunction } from 'ajv'
import {
  type Fields,
  groupOf,
  isFields,
  type KubernetesObject,
  describe as nameOf,
  valueAt,
} from '../../../../functions/lib/kubernetes/objects.ts'

/** Kinds as a cluster with strict validation of fields knows them, but for rules in CEL, which only the API server can evaluate. */
export class Kinds {
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(definitions: readonly KubernetesObject[]) {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
    for (const definition of definitions) {
      const { group, names, versions } = definition.spec as { group: string; names: Fields; versions: Fields[] }
      for (const version of versions.filter(({ served }) => served === true)) {
        const schema = strict(valueAt(version, ['schema', 'openAPIV3Schema']))
        this.#validators.set(`${group}/${version.name}/${names.kind}`, ajv.compile(schema as object))
      }
    }
  }

  knowsGroupOf({ apiVersion }: KubernetesObject): boolean {
    return [...this.#validators.keys()].some((key) => key.startsWith(`${groupOf(apiVersion)}/`))
  }

  /** Why the cluster would refuse an object. */
  errorsOf(object: KubernetesObject): string[] {
    const validate = this.#validators.get(`${object.apiVersion}/${object.kind}`)
    if (!validate) return [`${nameOf(object)}: no version ${object.apiVersion} of this kind`]
    if (validate(object)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${nameOf(object)}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    )
  }
}

/** A structural schema that refuses fields it does not know, as `kubectl apply --validate=strict` does. */
function strict(schema: unknown): unknown {
  if (!isFields(schema)) return schema
  const { properties, items, additionalProperties, ...rest } = schema
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true
  if (schema['x-kubernetes-int-or-string'] === true) delete rest.type
  return {
    ...rest,
    ...(schema.nullable === true && { type: [schema.type, 'null'] }),
    ...(items !== undefined && { items: strict(items) }),
    ...(isFields(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, strict(value)])),
      // The server itself defines metadata, of which definitions say nothing.
      ...(!isOpen && additionalProperties === undefined && { additionalProperties: false }),
    }),
    ...(additionalProperties !== undefined && { additionalProperties: strict(additionalProperties) }),
  }
}
