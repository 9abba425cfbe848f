import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { Failure } from '../exit-code.ts'
import { git, repositoryOf } from '../git.ts'
import { run } from '../process.ts'

/** The folder as it is staged, in a private copy of the repository. Throws Failure (2) outside of one. */
export async function staged(folder: string): Promise<string> {
  const top = await repositoryOf(folder)
  const copy = privateFolder()
  await git(top, 'checkout-index', '--all', '--force', `--prefix=${copy}${sep}`)
  return within(copy, top, folder)
}

/** The folder as it was at a revision of Git. Throws Failure (2) if there is no such revision. */
export async function atRevision(revision: string, folder: string): Promise<string> {
  const top = await repositoryOf(folder)
  const copy = privateFolder()
  const archive = `${copy}.tar`
  process.once('exit', () => rmSync(archive, { force: true }))
  await git(top, 'archive', '--format=tar', `--output=${archive}`, '--end-of-options', revision)
  const { status, stderr } = await run('tar', ['-xf', archive, '-C', copy])
  if (status !== 0) throw new Failure(`${revision} cannot be unpacked: ${stderr.trim()}`)
  return within(copy, top, folder)
}

function privateFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'krm-hardening-')))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  // The search for the top of the repository ends here.
  mkdirSync(join(folder, '.git'))
  return folder
}

const within = (copy: string, top: string, folder: string): string => join(copy, relative(top, realpathSync(folder)))
