import { isExisting } from '../config-policy.ts'
import { hasVariable } from '../schemas/variable.ts'
import { listAt } from '../tree/values.ts'
import { defineRule } from './rule.ts'

/** Every ConfigMap from which a HelmRelease takes values is in the build. */
export const valuesExist = defineRule({
  name: 'values-exist',
  severity: 'error',
  means: 'A HelmRelease takes values from a ConfigMap that the build does not have.',
  why: 'helm-controller waits for it, so the release is neither installed nor updated.',
  fix: 'Add the ConfigMap, or correct its name. One from a configMapGenerator keeps its name only with disableNameSuffixHash.',
  *violations(tree, policy) {
    for (const entry of tree.releases)
      for (const [index, { kind, name, optional }] of listAt(entry.object, 'spec', 'valuesFrom').entries()) {
        if (kind !== 'ConfigMap' || optional === true || typeof name !== 'string' || hasVariable(name)) continue
        if (tree.find(['', 'ConfigMap'], name, entry.namespace)) continue
        if (tree.mayHave('ConfigMap', name)) continue
        if (isExisting(policy, 'ConfigMap', name, entry.namespace)) continue
        const hashed = tree
          .of(['', 'ConfigMap'])
          .find(({ object }) => object.metadata.name.replace(/-[a-z0-9]{10}$/, '') === name)
        yield {
          object: entry.object,
          path: `spec.valuesFrom[${index}].name`,
          found: `ConfigMap ${name}, which the build does not have`,
          expected: 'a ConfigMap of the build',
          ...(hashed && { advice: `the build has ${hashed.object.metadata.name}: set disableNameSuffixHash` }),
        }
      }
  },
})
