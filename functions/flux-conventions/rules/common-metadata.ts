import { isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization labels what it applies. */
export const commonMetadata = defineRule({
  name: 'common-metadata',
  severity: 'info',
  means: 'A Kustomization has no commonMetadata.labels.',
  why: 'Nothing says which app an object in the cluster belongs to.',
  fix: 'Add commonMetadata.labels with app.kubernetes.io/name.',
  *violations(tree) {
    for (const entry of tree.kustomizations) {
      const labels = valueAt(entry.object, ['spec', 'commonMetadata', 'labels'])
      if ((isFields(labels) && Object.keys(labels).length > 0) || tree.isRoot(entry)) continue
      yield {
        object: entry.object,
        path: 'spec.commonMetadata.labels',
        found: 'nothing',
        expected: 'app.kubernetes.io/name with the name of the app',
      }
    }
  },
})
