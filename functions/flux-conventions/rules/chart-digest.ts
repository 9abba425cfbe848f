import { textAt } from '../../lib/kubernetes/fields.ts'
import { defineRule } from './rule.ts'

/** An OCI artifact is pinned to its digest. */
export const chartDigest = defineRule({
  name: 'chart-digest',
  severity: 'info',
  means: 'An OCIRepository names a tag and no digest.',
  why: 'A tag can be moved to another content, and nothing in Git shows it.',
  fix: 'Add ref.digest next to ref.tag.',
  *violations(tree) {
    for (const { object } of tree.of(['source.toolkit.fluxcd.io', 'OCIRepository']))
      if (textAt(object, 'spec', 'ref', 'tag') && !textAt(object, 'spec', 'ref', 'digest'))
        yield { object, path: 'spec.ref.digest', found: 'nothing', expected: 'the digest of the tag' }
  },
})
