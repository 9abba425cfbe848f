import { textAt } from '../../lib/kubernetes/fields.ts'
import { defineRule } from './rule.ts'

/** The path of a Kustomization is a folder, and of the form `<namespace>/<app>/app`. */
export const path = defineRule({
  name: 'path',
  severity: 'error',
  means: 'The path of a Kustomization is no folder of the tree, which is an error, or not <namespace>/<app>/app.',
  why: 'Without its folder nothing is applied. In another folder nobody finds an app by its name.',
  fix: 'Correct spec.path, or move the folder.',
  *violations(tree) {
    const missing = new Set(tree.repository?.missing)
    for (const entry of tree.kustomizations) {
      const { object } = entry
      const found = textAt(object, 'spec', 'path')
      if (missing.has(entry)) {
        yield {
          object,
          path: 'spec.path',
          found: `${found ?? 'nothing'}, which is no folder`,
          expected: 'a folder of the tree',
        }
        continue
      }
      if (found === undefined || tree.isRoot(entry)) continue
      const namespace = textAt(object, 'spec', 'targetNamespace') ?? entry.namespace
      const expected = [namespace, object.metadata.name, 'app']
      const parts = found.replace(/\/+$/, '').split('/').slice(-3)
      if (expected.every((part, index) => part === undefined || part === parts[index])) continue
      yield {
        object,
        path: 'spec.path',
        severity: 'info',
        found,
        expected: `a path that ends with ${expected.map((part) => part ?? '<namespace>').join('/')}`,
      }
    }
  },
})
