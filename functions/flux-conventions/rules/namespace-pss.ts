import { formatPath } from '../../lib/kubernetes/objects.ts'
import { defineRule } from './rule.ts'

const ENFORCE = 'pod-security.kubernetes.io/enforce'

/** Every Namespace enforces a level of the Pod Security Standards. */
export const namespacePss = defineRule({
  name: 'namespace-pss',
  severity: 'warning',
  means: 'A Namespace has no label that enforces a level of the Pod Security Standards.',
  why: 'Admission lets in whatever the cluster allows by default, privileged pods too.',
  fix: 'Add the label pod-security.kubernetes.io/enforce. security-context-enforcer does so, with the strictest level that fits.',
  *violations(tree) {
    for (const { object } of tree.of(['', 'Namespace']))
      if (!object.metadata.labels?.[ENFORCE])
        yield {
          object,
          path: formatPath(['metadata', 'labels', ENFORCE]),
          found: 'nothing',
          expected: 'restricted, baseline or privileged',
        }
  },
})
