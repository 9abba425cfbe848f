import { createHash } from 'node:crypto'
import { toJson } from '../exact-integer.ts'
import { type Fields, isFields, type KubernetesObject } from '../kubernetes/objects.ts'

/** Annotations by which Kustomize and kpt track an object; they must come back as they came. */
export const OF_THE_CALLER =
  /^(?:(?:internal\.)?config\.kubernetes\.io|config\.k8s\.io|kustomize\.config\.k8s\.io|internal\.kpt\.dev)\//

const LENGTH = 16

/**
 * A hash of what an object says, whatever the order of its keys, without the annotations of the caller and without those
 * that are named.
 */
export function contentHash(object: KubernetesObject, without: readonly string[]): string {
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(
    ([key]) => !OF_THE_CALLER.test(key) && !without.includes(key),
  )
  const content = { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } }
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, LENGTH)
}

/** JSON with the keys of every map sorted. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isFields(value)) return toJson(value ?? null)
  let fields = ''
  for (const key of sortedKeys(value))
    if (value[key] !== undefined) fields += `${fields && ','}${quoted(key)}:${canonical(value[key])}`
  return `{${fields}}`
}

/** Most are sorted already. */
function sortedKeys(fields: Fields): string[] {
  const keys = Object.keys(fields)
  return keys.every((key, index) => index === 0 || (keys[index - 1] as string) < key) ? keys : keys.sort()
}

/** Keys as JSON: a build has thousands of objects with the same ones. */
const known = new Map<string, string>()

function quoted(key: string): string {
  const json = known.get(key) ?? JSON.stringify(key)
  known.set(key, json)
  return json
}
