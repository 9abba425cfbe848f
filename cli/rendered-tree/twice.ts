import type { Finding } from '../../functions/lib/framework/finding.ts'
import { groupOf, identity, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { isClusterScoped } from '../../functions/lib/kubernetes/scope.ts'
import { verification } from '../findings.ts'

/** The objects of one file, and what made it. */
export interface FileObjects {
  /** The stack, as messages call it. */
  stack: string
  objects: readonly KubernetesObject[]
}

/**
 * Objects that two stacks render. Where Flux gives each stack a namespace of its own, an object that names none is another
 * one in each.
 */
export function renderedTwice(files: readonly FileObjects[], hasTargetNamespaces: boolean): Finding[] {
  const owners = new Map<string, string>()
  return files.flatMap(({ stack, objects }) =>
    objects
      .filter((object) => !hasTargetNamespaces || isPlaced(object))
      .flatMap((object) => {
        const owner = owners.get(identity(object))
        owners.set(identity(object), owner ?? stack)
        return owner === undefined || owner === stack ? [] : [verification['rendered-twice']({ object }, owner, stack)]
      }),
  )
}

const isPlaced = ({ apiVersion, kind, metadata }: KubernetesObject): boolean =>
  metadata.namespace !== undefined || isClusterScoped(groupOf(apiVersion), kind)
