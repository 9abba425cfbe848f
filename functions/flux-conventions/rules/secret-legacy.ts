import { isListed } from '../config-policy.ts'
import { isEncrypted } from '../tree/secrets.ts'
import { defineRule } from './rule.ts'

/** Secrets that SOPS encrypts are on the list of those that may stay. */
export const secretLegacy = defineRule({
  name: 'secret-legacy',
  severity: 'info',
  means: 'A Secret is encrypted with SOPS, and legacySecrets does not name it.',
  why: 'New secrets come from the store; what SOPS encrypts is renewed by hand, and opens with one key.',
  fix: 'Move it to the secret store, or add it to legacySecrets with the reason.',
  *violations(tree, { legacySecrets }) {
    for (const { object, namespace } of tree.of(['', 'Secret']))
      if (isEncrypted(object) && !isListed(legacySecrets, { name: object.metadata.name, namespace }))
        yield {
          object,
          path: 'kind',
          found: 'a Secret encrypted with SOPS',
          expected: 'a reference to the secret store',
          advice: 'or an entry in legacySecrets with the reason',
        }
  },
})
