import { hasLiterals, isEncrypted } from '../tree/secrets.ts'
import { defineRule } from './rule.ts'

/** No Secret with readable values is in the tree. */
export const secretKind = defineRule({
  name: 'secret-kind',
  severity: 'error',
  means: 'The tree has a Secret whose values anybody can read.',
  why: 'Base64 hides nothing: everybody who can read the repository has the secret, and it stays in the history.',
  fix: 'Replace it by an ExternalSecret or OnePasswordItem, and renew the secret.',
  *violations(tree) {
    for (const { object } of tree.of(['', 'Secret']))
      if (!isEncrypted(object) && hasLiterals(object))
        yield {
          object,
          path: 'kind',
          found: 'a Secret with readable values',
          expected: 'an ExternalSecret, a OnePasswordItem or another reference to a secret store',
        }
  },
})
