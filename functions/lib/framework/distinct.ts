import { identity, type KubernetesObject } from '../kubernetes/objects.ts'
import { objects as findings } from './findings.ts'
import { InputError } from './input-error.ts'

/** Marks what is never applied: https://github.com/kptdev/kpt/blob/main/documentation/content/en/reference/annotations/local-config.md */
const LOCAL_CONFIG = 'config.kubernetes.io/local-config'

/**
 * After this check, functions may assume that no two objects have one identity in the cluster. Throws InputError with a
 * finding for each repeated object: otherwise the order of the input would decide which of them counts.
 */
export function requireDistinct(objects: readonly KubernetesObject[]): void {
  const seen = new Set<string>()
  const repeated = objects.filter((object) => {
    if (object.metadata.annotations?.[LOCAL_CONFIG] === 'true') return false
    const key = identity(object)
    return seen.size === seen.add(key).size
  })
  if (repeated.length > 0) throw new InputError(repeated.map((object) => findings.repeated({ object })))
}
