import { realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { display } from '../display.ts'
import { git, repositoryOf } from '../git.ts'
import { sourcesOf } from './sources.ts'

/** A stack that may build something else than at a revision, and why. */
export interface ChangedStack {
  /** Absolute path. */
  folder: string
  /** The file that differs, or why the files that it reads are not known. */
  because: string
}

/**
 * The stacks that may build something else than at a revision of Git: one whose files are all tracked, known and
 * unchanged builds the same with the same program. Throws Failure (2) if Git knows no such revision.
 */
export async function changedSince(revision: string, stacks: readonly string[]): Promise<ChangedStack[]> {
  const [first] = stacks
  if (first === undefined) return []
  const root = await repositoryOf(first)
  const changed = await namesFrom(root, 'diff', '--name-only', '--no-renames', '-z', '--end-of-options', revision, '--')
  const tracked = await namesFrom(root, 'ls-files', '-z')
  const differs = (file: string): boolean => {
    const name = relative(root, file)
    return changed.has(name) || !tracked.has(name)
  }
  return stacks.flatMap((folder) => {
    const { files, more } = sourcesOf(realpathSync(folder))
    const file = files.find(differs)
    const because = more ?? (file && `${display(file)} differs`)
    return because === undefined ? [] : [{ folder, because }]
  })
}

const namesFrom = async (root: string, ...args: string[]): Promise<Set<string>> =>
  new Set((await git(root, ...args)).split('\0').filter((name) => name !== ''))
