import { sourcesFolderOf } from '../config-policy.ts'
import { defineRule } from './rule.ts'

/** Sources are in one folder, which is applied before everything else. Judged only if files are known. */
export const sourceLocation = defineRule({
  name: 'source-location',
  severity: 'info',
  means: 'A source lies outside of the folder for sources.',
  why: 'It may be applied after what needs it, and another app cannot count on it.',
  fix: 'Move it to the folder for sources.',
  *violations(tree, policy) {
    const folder = sourcesFolderOf(policy)
    for (const { object, file } of tree.sources)
      if (file !== undefined && !`/${file}`.includes(`/${folder}/`))
        yield { object, path: 'kind', found: `a source in ${file}`, expected: `a file below ${folder}` }
  },
})
