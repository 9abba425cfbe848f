import { parseDocument } from 'yaml'
import { listAt } from '../../lib/kubernetes/fields.ts'
import { formatPath, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { isExisting } from '../config-policy.ts'
import { hasVariable } from '../schemas/variable.ts'
import { defineRule, type Violation } from './rule.ts'

/** Every ConfigMap from which a HelmRelease takes values is in the build, and Helm can read it. */
export const valuesExist = defineRule({
  name: 'values-exist',
  severity: 'error',
  means: 'A HelmRelease takes values from a ConfigMap that the build does not have, or whose values cannot be read.',
  why: 'helm-controller waits for it, so the release is neither installed nor updated.',
  fix: 'Add the ConfigMap, or correct its name, key or text. One from a configMapGenerator keeps its name only with disableNameSuffixHash.',
  *violations(tree, policy) {
    for (const entry of tree.releases)
      for (const [index, { kind, name, optional }] of listAt(entry.object, 'spec', 'valuesFrom').entries()) {
        if (kind !== 'ConfigMap' || optional === true || typeof name !== 'string' || hasVariable(name)) continue
        const map = tree.find(['', 'ConfigMap'], name, entry.namespace)
        if (map) {
          yield* problemsOf(map.object, entry.object, index)
          continue
        }
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

/** Why helm-controller cannot take values from a ConfigMap that is there. */
function* problemsOf(map: KubernetesObject, release: KubernetesObject, index: number): Generator<Violation> {
  const { valuesKey, targetPath } = listAt(release, 'spec', 'valuesFrom')[index] ?? {}
  const at = ['data', typeof valuesKey === 'string' ? valuesKey : 'values.yaml']
  const text = valueAt(map, at)
  const found = `ConfigMap ${map.metadata.name}: ${formatPath(at)}`
  const violation = { object: release, path: `spec.valuesFrom[${index}]` }
  if (typeof text !== 'string') {
    yield { ...violation, found: `${found}, which is not there`, expected: 'a key of the ConfigMap' }
    return
  }
  // One value alone may be any text, and a variable may stand for more than a value.
  if (targetPath !== undefined || hasVariable(text)) return
  const line = lineOfError(text)
  if (line !== undefined)
    yield { ...violation, found: `${found}, which is no YAML at line ${line}`, expected: 'values of the chart' }
}

/** Tags of somebody's own, and a key that is there twice, are no errors for Helm. */
function lineOfError(text: string): number | undefined {
  const [error] = parseDocument(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' }).errors
  return error && (error.linePos?.[0].line ?? 1)
}
