import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { requireBuildable } from '../buildable.ts'
import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { type Connection, connectionsIn, keyOf } from '../connections/connections.ts'
import { type ExitCode, Failure, OK } from '../exit-code.ts'
import { git, repositoryOf } from '../git.ts'
import { installed } from '../policy/installed.ts'
import { hardenedStacks } from '../policy/policies.ts'
import { nameForeignImages } from '../policy/skipped.ts'
import { run } from '../process.ts'
import { objectsOf } from '../render/documents.ts'
import { onePiece, renderFolder } from '../render/environment.ts'
import { harden } from '../runtime/functions.ts'
import { type BuildOptions, openSession, type Session } from '../session.ts'
import { colorsFor } from '../terminal.ts'

interface DiffOptions extends BuildOptions {
  output: Output
}

export function diffCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('diff', finish)
    .summary('show the connections that a change adds and removes')
    .description(
      'Renders a kustomization as it is and as it was at a revision of Git, and prints the connections that the network policies admit in only one of the two. Who calls whom between workloads of the rendering, those of locked charts included, is decided by the policies of both ends.',
    )
    .argument('<revision>', 'revision of Git to compare with, such as main or HEAD~1')
    .stackOrEnvironment()
    .outputOption('a line for each connection, + added and - removed')
    .imageOption()
    .examples(['what a branch opens and closes', 'krm-hardening diff main overlays/production'])
    .runs(diff)
}

async function diff(revision: string, folder: string, options: DiffOptions): Promise<ExitCode> {
  const path = requireBuildable(folder)
  const session = openSession(options)
  nameForeignImages(path, session)
  const before = await connectionsOf(await checkedOut(revision, path), session)
  const after = await connectionsOf(path, session)
  const added = without(after, before)
  const removed = without(before, after)
  process.stdout.write(options.output === 'json' ? `${JSON.stringify({ added, removed })}\n` : asText(added, removed))
  return OK
}

async function connectionsOf(folder: string, session: Session): Promise<Connection[]> {
  const builder = session.builder(harden)
  const { objects } = await renderFolder(folder, builder, onePiece(session))
  return connectionsIn(installed(objectsOf(objects), await hardenedStacks(folder, builder)))
}

/** The folder as it was at a revision, in a private copy of the repository. Throws Failure (2) if it was not there. */
async function checkedOut(revision: string, folder: string): Promise<string> {
  const root = await repositoryOf(folder)
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'krm-hardening-')))
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  const tree = join(copy, 'tree')
  const archive = join(copy, 'tree.tar')
  await git(root, 'archive', '--format=tar', `--output=${archive}`, '--end-of-options', revision)
  mkdirSync(tree)
  const { status, stderr } = await run('tar', ['-xf', archive, '-C', tree])
  if (status !== 0) throw new Failure(`${revision} cannot be unpacked: ${stderr.trim()}`)
  return requireBuildable(join(tree, relative(root, realpathSync(folder))))
}

function without(some: readonly Connection[], others: readonly Connection[]): Connection[] {
  const keys = new Set(others.map(keyOf))
  return some.filter((connection) => !keys.has(keyOf(connection)))
}

function asText(added: readonly Connection[], removed: readonly Connection[]): string {
  const { green, red } = colorsFor(process.stdout, process.env)
  const line = ({ from, to, port, protocol, notJudged }: Connection): string =>
    `${from} → ${to} ${port}/${protocol}${notJudged ? `, not judged: ${notJudged.join(', ')}` : ''}`
  const lines = [
    ...removed.map((connection) => red(`- ${line(connection)}`)),
    ...added.map((connection) => green(`+ ${line(connection)}`)),
  ]
  return `${lines.map((text) => `${text}\n`).join('')}${added.length} connections added, ${removed.length} removed\n`
}
