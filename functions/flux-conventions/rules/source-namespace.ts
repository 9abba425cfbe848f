import { hasSource, sourceReferencesOf } from '../tree/references.ts'
import { defineRule } from './rule.ts'

/** A Kustomization names the namespace of its source, unless the source is next to it. */
export const sourceNamespace = defineRule({
  name: 'source-namespace',
  severity: 'error',
  means: 'The sourceRef of a Kustomization names no namespace, and its own has no such source.',
  why: 'Flux looks for the source next to the Kustomization and does not find it.',
  fix: 'Write sourceRef.namespace, which is mostly flux-system.',
  *violations(tree) {
    for (const entry of tree.kustomizations)
      for (const reference of sourceReferencesOf(entry)) {
        if (reference.namespace !== undefined) continue
        const isNextToIt = entry.namespace !== undefined && hasSource(tree, reference, entry.namespace)
        if (!isNextToIt)
          yield {
            object: entry.object,
            path: `${reference.path}.namespace`,
            found: 'nothing',
            expected: `the namespace of ${reference.kind} ${reference.name}`,
          }
      }
  },
})
