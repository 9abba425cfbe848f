import { nearest } from '../../lib/framework/did-you-mean.ts'
import { isExisting } from '../config-policy.ts'
import { hasSource, sourceReferencesOf } from '../tree/references.ts'
import { FLUX } from '../tree/tree.ts'
import { defineRule } from './rule.ts'

/** Every sourceRef and chartRef names a source. Judged only where the tree is complete. */
export const sourceExists = defineRule({
  name: 'source-exists',
  severity: 'error',
  means: 'A sourceRef or chartRef names a source that the tree does not have in this namespace.',
  why: 'Flux has nothing to apply or install from, so the object never becomes ready.',
  fix: 'Correct kind, name or namespace of the reference, or add the source.',
  *violations(tree, policy) {
    if (!tree.isComplete) return
    for (const entry of tree.entries)
      for (const reference of sourceReferencesOf(entry)) {
        // The rule source-namespace reports such a reference.
        if (reference.namespace === undefined && entry.object.apiVersion.startsWith(`${FLUX.Kustomization}/`)) continue
        const { path, kind, name } = reference
        const namespace = reference.namespace ?? entry.namespace
        if (hasSource(tree, reference, namespace) || isExisting(policy, kind, name, namespace)) continue
        const elsewhere = tree.findSource(kind, name, undefined)
        const meant = nearest(
          name,
          tree.sources.map(({ object }) => object.metadata.name),
        )
        yield {
          object: entry.object,
          path,
          found: `${kind} ${namespace ?? ''}/${name}, which the tree does not have`,
          expected: 'a source of the tree',
          ...(elsewhere
            ? { advice: `one of this name is in namespace ${elsewhere.namespace}` }
            : meant !== undefined && { advice: `did you mean ${meant}?` }),
        }
      }
  },
})
