import { Command } from 'commander'
import { type ExitCode, OK } from '../../exit-code.ts'
import { fluxBuilder, requireFolder } from '../../flux/start.ts'
import { type BuildOptions, openSession } from '../../session.ts'
import { type Output, withExamples, withImageOption, withOutputOption } from '../options.ts'

interface FluxDiffOptions extends BuildOptions {
  output: Output
}

export function fluxDiffCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('diff')
    .summary('show what a change does in the cluster, app by app')
    .description(
      'Walks a repository for Flux as it is and as it was at a revision of Git, and prints the objects that differ, by the Kustomization that applies them, with those that locked charts install, and the connections that network policies admit in only one of the two.',
    )
    .argument('<revision>', 'revision of Git to compare with, such as main or HEAD~1')
    .argument('[dir]', 'folder of the repository, or of one cluster in it', '.')
    .action(async (revision: string, folder: string, _: unknown, self: Command) =>
      finish(await diff(revision, folder, self.optsWithGlobals<FluxDiffOptions>())),
    )
  withImageOption(withOutputOption(command, 'a unified diff of each object'))
  return withExamples(command, [['what a branch changes', 'krm-hardening flux diff main']])
}

async function diff(revision: string, target: string, options: FluxDiffOptions): Promise<ExitCode> {
  const folder = requireFolder(target)
  const { walkAll } = await import('../../flux/check.ts')
  const { diffWalks } = await import('../../flux/diff.ts')
  const { diffAsText } = await import('../../flux/diff-report.ts')
  const { atRevision } = await import('../../flux/revision.ts')
  const builder = fluxBuilder(openSession(options))
  const after = await walkAll(folder, builder)
  const before = await walkAll(await atRevision(revision, folder), builder, `${folder}@before`)
  const found = await diffWalks(before, after, builder)
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(found)}\n` : diffAsText(found))
  return OK
}
