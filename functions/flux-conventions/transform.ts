/**
 * The Flux objects of a build keep the conventions of a repository: one file a rule, in rules/.
 *
 * Nothing is changed unless `fix` asks for it, and then only what is safe. A rule judges what the objects say. What takes
 * the whole tree (whether a dependsOn names something, say) is judged only if `complete` says that the build is all there
 * is. `krm-hardening flux` judges a whole repository in this way, and knows its folders as well.
 */

import type { Finding } from '../lib/framework/finding.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import type { FluxConventionsSpec } from './config.ts'
import { judge } from './judge.ts'
import { loadSchemas } from './schemas/schemas.ts'
import { entriesOf } from './tree/build.ts'
import { Tree } from './tree/tree.ts'

export async function transform(objects: KubernetesObject[], spec: FluxConventionsSpec): Promise<Finding[]> {
  const tree = new Tree(entriesOf(objects), { isComplete: spec.complete, schemas: await loadSchemas() })
  return judge(tree, spec)
}
