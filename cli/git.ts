import { realpathSync } from 'node:fs'
import { Failure } from './exit-code.ts'
import { run } from './process.ts'

/** What Git prints. Throws Failure (2) if it fails. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, status } = await run('git', args, { cwd })
  if (status !== 0) throw new Failure(`git ${args[0]} failed: ${stderr.trim()}`)
  return stdout
}

/** The top folder of the repository that a folder is in, without links. Throws Failure (2) if it is in none. */
export const repositoryOf = async (folder: string): Promise<string> =>
  realpathSync((await git(folder, 'rev-parse', '--show-toplevel')).trimEnd())
