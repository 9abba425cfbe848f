import { isLiteralPassword, literalPasswords, literalPasswordsIn } from '../../lib/charts/literal-passwords.ts'
import { listAt } from '../../lib/kubernetes/fields.ts'
import { formatPath, isFields, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Entry, Tree } from '../tree/tree.ts'
import { defineRule } from './rule.ts'

/** No password, secret key or token is written out in the values of a HelmRelease, or in a ConfigMap. */
export const defaultPassword = defineRule({
  name: 'default-password',
  severity: 'error',
  means: 'The values of a HelmRelease, or a ConfigMap, hold a literal password, secret key or token.',
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
    const sources = sourcesOfValues(tree)
    for (const entry of tree.of(['', 'ConfigMap']))
      for (const { path, key } of passwordsIn(entry.object, sources.has(entry)))
        yield { object: entry.object, path, found: `a literal value under ${key}`, expected: 'the value in a Secret' }
  },
})

/** The ConfigMaps that HelmReleases take values from. */
const sourcesOfValues = (tree: Tree): ReadonlySet<Entry> =>
  new Set(
    tree.releases.flatMap(({ object, namespace }) =>
      listAt(object, 'spec', 'valuesFrom').flatMap(({ kind, name }) =>
        kind === 'ConfigMap' && typeof name === 'string' ? (tree.find(['', 'ConfigMap'], name, namespace) ?? []) : [],
      ),
    ),
  )

/** What a ConfigMap holds under its own keys, and in the values that it gives a chart. */
const passwordsIn = ({ data }: KubernetesObject, givesValues: boolean): { path: string; key: string }[] =>
  Object.entries(isFields(data) ? data : {}).flatMap(([key, text]) => {
    if (typeof text !== 'string') return []
    const path = formatPath(['data', key])
    if (isLiteralPassword(key, text)) return [{ path, key }]
    return givesValues ? literalPasswordsIn(text).map((inner) => ({ path, key: inner })) : []
  })
