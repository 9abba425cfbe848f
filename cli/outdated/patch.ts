import { realpathSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import type { Change } from '../files.ts'
import { repositoryOf } from '../tree/layout.ts'

/**
 * What changes in files, as `git apply` takes it: paths from the top of the repository on, or from here outside of one.
 */
export const patchOf = (changes: readonly Change[]): string =>
  changes
    .filter(({ before, after }) => before !== after)
    .map(filePatch)
    .join('')

function filePatch({ file, before = '', after }: Change): string {
  const top = repositoryOf(dirname(realpathSync(file))) ?? process.cwd()
  const path = relative(top, realpathSync(file))
  const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
  return `diff --git a/${path} b/${path}\n${diff}`
}
