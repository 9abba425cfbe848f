import { formatPath } from '../../lib/kubernetes/objects.ts'
import { ingressOf } from '../config-policy.ts'
import { classOf } from '../tree/ingress.ts'
import { defineRule } from './rule.ts'

/** An external Ingress has the annotation by which its name gets into the public DNS. */
export const externalDns = defineRule({
  name: 'external-dns',
  severity: 'error',
  means: 'An external Ingress lacks the annotation that external-dns reads.',
  why: 'Its name is never published, or with an address that nobody outside can reach.',
  fix: 'Add the annotation with the target of the public DNS.',
  *violations(tree, policy) {
    const { external, annotation } = ingressOf(policy)
    for (const { object } of tree.of(['networking.k8s.io', 'Ingress']))
      if (classOf(object) === external && !object.metadata.annotations?.[annotation])
        yield {
          object,
          path: formatPath(['metadata', 'annotations', annotation]),
          found: 'nothing',
          expected: 'the target of the public DNS',
        }
  },
})
