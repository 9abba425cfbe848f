import { optsOutOfSubstitution } from '../../lib/framework/open-placeholders.ts'
import { stringsIn } from '../../lib/kubernetes/fields.ts'
import { formatPath, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { defineRule } from './rule.ts'

/** No variable is left in an object whose Kustomization substitutes none. */
export const substitute = defineRule({
  name: 'substitute',
  severity: 'error',
  means: 'An object has a variable, and the Kustomization that applies it has no postBuild.',
  why: 'Nothing replaces it, so the cluster gets the text of the variable as the value.',
  fix: 'Add postBuild to the Kustomization, write $${NAME} for text that is meant so, or annotate the object with kustomize.toolkit.fluxcd.io/substitute: disabled.',
  *violations(tree) {
    for (const { object, appliedBy } of tree.entries) {
      if (!appliedBy || valueAt(appliedBy.object, ['spec', 'postBuild']) !== undefined || optsOutOfSubstitution(object))
        continue
      const [first] = variablesIn(object, tree.repository?.variables ?? new Set())
      if (!first) continue
      yield {
        object,
        path: formatPath(first.path),
        found: `\${${first.name}}, and Kustomization ${appliedBy.object.metadata.name} has no postBuild`,
        expected: 'its value, or postBuild in the Kustomization',
        advice: `write $\${${first.name}} for text that is meant so`,
      }
    }
  },
})

/** The variables that Flux's substitution would see; `$${NAME}` is escaped. */
const VARIABLE = /(?<!\$)\$\{([A-Za-z_]\w*)(?:[:=\-+?#^,%/][^}]*)?\}/g
const CODE = /^(?:command|args|script)$/i

interface Variable {
  path: (string | number)[]
  name: string
}

/**
 * Scripts and configuration files have variables of their own in the same form. There, and in lower case, only a name that
 * some Kustomization of the repository substitutes counts.
 */
function variablesIn(object: KubernetesObject, known: ReadonlySet<string>): Variable[] {
  return [...stringsIn(object)].flatMap(([path, text]) => {
    const isCode = object.kind === 'ConfigMap' || text.includes('\n') || path.some((key) => CODE.test(String(key)))
    return [...text.matchAll(VARIABLE)]
      .map(([, name = '']) => name)
      .filter((name) => known.has(name) || (!isCode && /^[A-Z][A-Z0-9_]*$/.test(name)))
      .map((name) => ({ path, name }))
  })
}
