import { InputError } from '../input-error.ts'
import { describe, formatPath, type KubernetesObject, typeOf } from './objects.ts'
import { templatePath } from './pod-template.ts'
import { shapesOf } from './schemas.ts'
import { describeMistyped, typeErrors } from './type-check.ts'

/**
 * Functions take it from here that a field holds what the API decodes, or nothing. Throws InputError with one line for
 * each value of another type: the API would refuse the object, and a function would read something else from it.
 */
export function requireWellTyped(objects: readonly KubernetesObject[]): void {
  const lines = objects.flatMap((object) =>
    shapesOf(typeOf(object), templatePath(object))
      .flatMap((shape) => typeErrors(object, shape, []))
      .map((mistyped) => `${nameOf(object)}: ${formatPath(mistyped.path)}: ${describeMistyped(mistyped)}`),
  )
  if (lines.length > 0) throw new InputError(lines.join('\n'))
}

const nameOf = (object: KubernetesObject): string =>
  typeof object.metadata.namespace === 'string' ? describe(object) : `${object.kind} ${object.metadata.name}`
