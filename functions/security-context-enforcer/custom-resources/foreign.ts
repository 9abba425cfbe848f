import type { Finding } from '../../lib/framework/finding.ts'
import { foreignPodsIn, isForeignType } from '../../lib/kubernetes/foreign-pods.ts'
import { formatPath, type KubernetesObject, typeOf } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'

/** Names the pods of an object whose kind neither the table nor the policy knows: nothing hardens them. */
export function podsOutOfReach(object: KubernetesObject): Finding[] {
  if (!isForeignType(object)) return []
  const paths = foreignPodsIn(object).map(({ path }) => formatPath(path))
  return paths.length > 0 ? [findings['unknown-pods']({ object }, paths, typeOf(object))] : []
}
