import { type Finish, type Output, ProgramCommand } from '../../command.ts'
import { type ExitCode, OK } from '../../exit-code.ts'
import { fluxBuilder, requireFolder } from '../../flux/start.ts'
import { type BuildOptions, openSession } from '../../session.ts'

interface FluxDiffOptions extends BuildOptions {
  output: Output
}

export function fluxDiffCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('diff', finish)
    .summary('show what a change does in the cluster, app by app')
    .description(
      'Walks a repository for Flux as it is and as it was at a revision of Git, and prints the objects that differ, by the Kustomization that applies them, with those that locked charts install, and the connections that network policies admit in only one of the two.',
    )
    .argument('<revision>', 'revision of Git to compare with, such as main or HEAD~1')
    .argument('[dir]', 'folder of the repository, or of one cluster in it', '.')
    .outputOption('a unified diff of each object')
    .imageOption()
    .examples(['what a branch changes', 'krm-hardening flux diff main'])
    .runs(diff)
}

/** Its parent has `--image` and `--output` too, and takes them from it. */
async function diff(revision: string, target: string, _: unknown, self: ProgramCommand): Promise<ExitCode> {
  const options = self.optsWithGlobals<FluxDiffOptions>()
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
