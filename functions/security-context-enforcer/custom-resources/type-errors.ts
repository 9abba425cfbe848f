import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Mistyped, shapeAt, typeErrors } from '../../lib/kubernetes/type-check.ts'
import type { CustomResourceSpec } from '../config-custom-resource.ts'
import { CONTAINERS_SHAPE, SECURITY_CONTEXT_SHAPE, VOLUMES_SHAPE } from '../pod/type-check.ts'
import { keys } from './pods.ts'

/** Values that the API would not decode, at the paths that this function reads. */
export function resourceTypeErrors(owner: KubernetesObject, resource: CustomResourceSpec): Mistyped[] {
  const expected = [
    ...Object.entries(resource.podSecurityContexts ?? {}).flatMap(
      ([path, { of, containers = [], containerLists = [] }]) => [
        { path: of, shape: {} },
        { path, shape: SECURITY_CONTEXT_SHAPE },
        ...containers.map((container) => ({ path: container, shape: SECURITY_CONTEXT_SHAPE })),
        ...containerLists.map((list) => ({ path: list, shape: CONTAINERS_SHAPE })),
      ],
    ),
    ...(resource.volumes ?? []).map((path) => ({ path, shape: VOLUMES_SHAPE })),
    ...Object.keys(resource.flags ?? {}).map((path) => ({ path, shape: 'boolean' as const })),
  ]
  const errors = expected.flatMap(({ path, shape }) => typeErrors(owner, shapeAt(keys(path), shape), []))
  return [...new Map(errors.map((error) => [formatPath(error.path), error])).values()]
}
