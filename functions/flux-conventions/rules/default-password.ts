import { literalPasswords } from '../../lib/charts/literal-passwords.ts'
import { defineRule } from './rule.ts'

/** No password, secret key or token is written out in the values of a HelmRelease. */
export const defaultPassword = defineRule({
  name: 'default-password',
  severity: 'error',
  means: 'The values of a HelmRelease hold a literal password, secret key or token.',
  why: 'Everybody who can read the repository has it, and it stays in the history.',
  fix: 'Put it into a Secret, by an ExternalSecret for example, and name that in the values.',
  *violations(tree) {
    for (const { object } of tree.releases)
      for (const path of literalPasswords(object))
        yield {
          object,
          path,
          found: 'a literal value',
          expected: 'the name of an existing Secret',
          advice: 'most charts take one as existingSecret',
        }
  },
})
