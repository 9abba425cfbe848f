import { formatPath, type KubernetesObject } from '../kubernetes/objects.ts'
import { mistypedFields } from '../kubernetes/schemas.ts'
import type { Mistyped } from '../kubernetes/type-check.ts'
import { mistypedCustomFields } from '../operators/index.ts'
import type { Finding } from './finding.ts'
import { objects as findings } from './findings.ts'
import { InputError } from './input-error.ts'

/**
 * After this check, functions may assume that every field has the type the API expects, or is absent. Throws InputError
 * with a finding for each value of another type: the API would refuse the object, and a function would misread it.
 */
export function requireWellTyped(objects: readonly KubernetesObject[]): void {
  const mistyped = objects.flatMap((object) =>
    [...mistypedFields(object), ...mistypedCustomFields(object)].map((field) => refusalOf(object, field)),
  )
  if (mistyped.length > 0) throw new InputError(mistyped)
}

function refusalOf(object: KubernetesObject, mistyped: Mistyped): Finding {
  return findings.mistyped({ object: named(object), field: { path: formatPath(mistyped.path) } }, mistyped)
}

/** The namespace itself may be what is mistyped. */
function named(object: KubernetesObject): KubernetesObject {
  if (typeof object.metadata.namespace === 'string' || object.metadata.namespace === undefined) return object
  const { apiVersion, kind } = object
  return { apiVersion, kind, metadata: { name: object.metadata.name } }
}
