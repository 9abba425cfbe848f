import { textAt } from '../../lib/kubernetes/fields.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization says which namespace its objects go to, unless each of them does. */
export const targetNamespace = defineRule({
  name: 'target-namespace',
  severity: 'warning',
  means: 'A Kustomization has no targetNamespace.',
  why: 'An object without a namespace of its own is refused, or goes where nobody expects it.',
  fix: 'Set targetNamespace.',
  *violations(tree) {
    for (const entry of tree.kustomizations) {
      if (textAt(entry.object, 'spec', 'targetNamespace')) continue
      // What Flux starts from applies the objects of many namespaces.
      if (tree.isRoot(entry)) continue
      yield {
        object: entry.object,
        path: 'spec.targetNamespace',
        found: 'nothing',
        expected: 'the namespace that its objects go to',
      }
    }
  },
})
