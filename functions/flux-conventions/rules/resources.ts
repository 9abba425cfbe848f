import { listAt, textAt } from '../../lib/kubernetes/fields.ts'
import { isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../lib/yaml/canonical-yaml.ts'
import type { Entry, Tree } from '../tree/tree.ts'
import { defineRule } from './rule.ts'

/** Every HelmRelease sets requests and limits in its values. */
export const resources = defineRule({
  name: 'resources',
  severity: 'warning',
  means: 'The values of a HelmRelease, with those of its valuesFrom, set no requests or no limits.',
  why: 'Most charts set none: the scheduler knows nothing of these pods, and one of them can take the memory of a node.',
  fix: 'Set resources.requests and resources.limits in the values of the chart.',
  *violations(tree) {
    for (const entry of tree.releases) {
      const values = valuesOf(tree, entry)
      if (!values) continue
      const missing = ['requests', 'limits'].filter((key) => !values.some((value) => hasResources(value, key)))
      if (missing.length > 0)
        yield {
          object: entry.object,
          path: 'spec.values',
          found: `no ${missing.join(' and no ')}`,
          expected: 'resources with requests and limits',
        }
    }
  },
})

/** All values; undefined if some of them cannot be seen. */
function valuesOf(tree: Tree, { object, namespace }: Entry): unknown[] | undefined {
  const values: unknown[] = [valueAt(object, ['spec', 'values'])]
  for (const { kind, name, valuesKey = 'values.yaml' } of listAt(object, 'spec', 'valuesFrom')) {
    const isConfigMap = kind === 'ConfigMap' && typeof name === 'string' && typeof valuesKey === 'string'
    const source = isConfigMap ? tree.find(['', 'ConfigMap'], name, namespace) : undefined
    const text = source && isConfigMap ? textAt(source.object, 'data', valuesKey) : undefined
    const read = text === undefined ? undefined : readValues(text)
    if (read === undefined) return undefined
    values.push(read.values)
  }
  return values
}

/** Undefined for what is no plain YAML, such as a tag of somebody's own. */
function readValues(text: string): { values: unknown } | undefined {
  try {
    return { values: readCanonicalYaml(text) }
  } catch {
    // Helm says so when it reads them.
    return undefined
  }
}

/** Is there a map `resources` with such a key, anywhere? */
function hasResources(value: unknown, key: string): boolean {
  if (Array.isArray(value)) return value.some((item) => hasResources(item, key))
  if (!isFields(value)) return false
  return Object.entries(value).some(
    ([name, inner]) =>
      (/resources$/i.test(name) && isFields(inner) && isFields(inner[key]) && Object.keys(inner[key]).length > 0) ||
      hasResources(inner, key),
  )
}
