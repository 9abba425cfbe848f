import { defineRule } from './rule.ts'

/** The folder of every Kustomization builds. */
export const build = defineRule({
  name: 'build',
  severity: 'error',
  means: 'Kustomize cannot build the folder of a Kustomization.',
  why: 'Flux cannot build it either, so nothing in it is applied any more.',
  fix: 'Correct what Kustomize names.',
  *violations({ repository }) {
    for (const { entry, reason } of repository?.unbuilt ?? [])
      yield { object: entry.object, path: 'spec.path', found: reason, expected: 'a folder that builds' }
  },
})
