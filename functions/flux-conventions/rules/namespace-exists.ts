import { nearest } from '../../lib/framework/did-you-mean.ts'
import { textAt } from '../../lib/kubernetes/fields.ts'
import { valueAt } from '../../lib/kubernetes/objects.ts'
import { isExisting } from '../config-policy.ts'
import { defineRule } from './rule.ts'

/** The namespaces that every cluster with Flux has. */
const EVERYWHERE = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'flux-system'])

/** Every targetNamespace is made by the tree. Judged only where it is complete. */
export const namespaceExists = defineRule({
  name: 'namespace-exists',
  severity: 'warning',
  means: 'A targetNamespace is one that nothing in the tree makes.',
  why: 'Unless somebody made it by hand, nothing can be applied to it.',
  fix: 'Add the Namespace, or correct the name.',
  *violations(tree, policy) {
    if (!tree.isComplete) return
    const made = tree.of(['', 'Namespace']).map(({ object }) => object.metadata.name)
    for (const { object } of [...tree.kustomizations, ...tree.releases]) {
      const name = textAt(object, 'spec', 'targetNamespace')
      if (name === undefined || name.includes('$') || EVERYWHERE.has(name) || made.includes(name)) continue
      if (tree.mayHave('Namespace', name)) continue
      if (valueAt(object, ['spec', 'install', 'createNamespace']) === true || isExisting(policy, 'Namespace', name))
        continue
      const meant = nearest(name, made)
      yield {
        object,
        path: 'spec.targetNamespace',
        found: `${name}, which nothing in the tree makes`,
        expected: 'a Namespace of the tree',
        ...(meant !== undefined && { advice: `did you mean ${meant}?` }),
      }
    }
  },
})
