import { formatPath, isFields, type KubernetesObject } from '../kubernetes/objects.ts'
import { workloadKindOf } from '../kubernetes/workload-kinds.ts'
import { customResourceOf } from '../operators/index.ts'
import type { Finding } from './finding.ts'
import { objects as findings } from './findings.ts'
import { InputError } from './input-error.ts'
import { openPlaceholders } from './open-placeholders.ts'

/** Flux substitutes `${NAME}` and `${NAME:=default}` in the text of a manifest, in keys as well as in values. */
const isSubstituted = (name: string): boolean => name.includes('${')

/**
 * After this check, functions may assume that the type of every object is what it says, and that no key of what has pods,
 * and none of a Namespace, becomes another later: `"${KEY:=hostNetwork}": true` is a field that no check would see, and a placeholder
 * that does not end takes in what follows. Throws InputError with a finding for each. `jsonOf` gives the JSON of an object if somebody has written it: most have no `${` at all.
 */
export function requireWrittenOut(
  objects: readonly KubernetesObject[],
  jsonOf: (object: KubernetesObject) => string | undefined = () => undefined,
): void {
  const suspects = objects.filter((object) => isSubstituted(jsonOf(object) ?? '${'))
  const refused = suspects.flatMap((object) => [
    ...(['apiVersion', 'kind'] as const)
      .filter((key) => isSubstituted(object[key]))
      .map((key) => findings.placeholder({ object, field: { path: key } })),
    ...(isJudged(object) ? [...substitutedKeys(object), ...openPlaceholders(object)] : []),
  ])
  if (refused.length > 0) throw new InputError(refused)
}

const isJudged = (object: KubernetesObject): boolean =>
  object.kind === 'Namespace' || workloadKindOf(object) !== undefined || customResourceOf(object) !== undefined

const hasSubstitutedKey = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasSubstitutedKey)
    : isFields(value) && Object.keys(value).some((key) => isSubstituted(key) || hasSubstitutedKey(value[key]))

/** Most objects have none, so no path is kept on the way. */
const substitutedKeys = (object: KubernetesObject): Finding[] =>
  hasSubstitutedKey(object) ? keysBelow(object, object, []) : []

function keysBelow(object: KubernetesObject, value: unknown, path: readonly (string | number)[]): Finding[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => keysBelow(object, item, [...path, index]))
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const own = [...path, key]
    const below = keysBelow(object, child, own)
    return isSubstituted(key) ? [findings.placeholder({ object, field: { path: formatPath(own) } }), ...below] : below
  })
}
