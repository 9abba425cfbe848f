import { nearest } from '../../lib/framework/did-you-mean.ts'
import { isExisting } from '../config-policy.ts'
import { type Dependency, dependenciesOf, dependents } from '../tree/dependencies.ts'
import { type Entry, FLUX, type Tree } from '../tree/tree.ts'
import { defineRule } from './rule.ts'

/** Every dependsOn names an object of the same kind in its effective namespace. Judged only where the tree is complete. */
export const dependsExists = defineRule({
  name: 'depends-exists',
  severity: 'error',
  means: 'A dependsOn names a Kustomization or HelmRelease that the tree does not have in this namespace.',
  why: 'Flux waits for it for ever, so the object is never applied.',
  fix: 'Correct the name, or write the namespace of the object that is meant.',
  *violations(tree, policy) {
    if (!tree.isComplete) return
    for (const entry of dependents(tree))
      for (const dependency of dependenciesOf(tree, entry)) {
        const { path, name, namespace = '', target } = dependency
        const { kind } = entry.object
        if (target || tree.mayHave(kind, name) || isExisting(policy, kind, name, namespace)) continue
        yield {
          object: entry.object,
          path,
          found: `${namespace}/${name}, which the tree does not have`,
          expected: `a ${kind} of the tree`,
          advice: adviceOn(tree, entry, dependency),
        }
      }
  },
})

function adviceOn(tree: Tree, { object }: Entry, { name }: Dependency): string {
  const kind = object.kind as keyof typeof FLUX
  const [elsewhere] = tree.named([FLUX[kind], kind], name)
  if (elsewhere)
    return `one of this name is in namespace ${elsewhere.namespace}: write namespace: ${elsewhere.namespace}`
  const meant = nearest(
    name,
    tree.of([FLUX[kind], kind]).map((entry) => entry.object.metadata.name),
  )
  return meant === undefined ? 'correct the name, or remove the entry' : `did you mean ${meant}?`
}
