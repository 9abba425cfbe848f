import { type FindingsOutput, type Finish, ProgramCommand } from '../command.ts'
import { display } from '../display.ts'
import { type ExitCode, Failure, FINDINGS, OK } from '../exit-code.ts'
import { writeAllOrNone } from '../files.ts'
import { fluxBuilder, requireFolder } from '../flux/start.ts'
import { type BuildOptions, openSession } from '../session.ts'
import { fluxDiffCommand } from './flux/diff.ts'
import { fluxNewCommand } from './flux/new.ts'

interface FluxOptions extends BuildOptions {
  policy?: string
  staged?: true
  notes?: true
  fix?: true
  output: FindingsOutput
}

export function fluxCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('flux', finish)
    .summary('check a repository for Flux')
    .description(
      'Walks a repository as Flux would: from the Kustomizations that no other applies, through their paths, each built with its patches and variables. Checks the conventions over everything together, and the hardening of each folder with a policy. Fetches nothing. What did not change is not built again.',
    )
    .argument('[dir]', 'folder of the repository, or of one cluster in it', '.')
    .option(
      '--policy <file>',
      'file with the conventions; otherwise flux-conventions.yaml in the folder, or the defaults',
    )
    .option('--staged', 'check what is staged in Git, for a hook')
    .option('--fix', 'repair what is safe in the files, and keep their comments')
    .option('--notes', 'also show what is only information')
    .findingsOutputOption('a tree of what Flux applies')
    .imageOption()
    .addCommand(fluxDiffCommand(finish))
    .addCommand(fluxNewCommand(finish))
    .examples(
      ['the whole repository', 'krm-hardening flux'],
      ['what a commit would change for the worse', 'krm-hardening flux --staged'],
      ['what a branch changes, app by app', 'krm-hardening flux diff main'],
      ['add an app that follows the conventions', 'krm-hardening flux new media/films'],
    )
    .runs(flux)
}

async function flux(target: string, options: FluxOptions): Promise<ExitCode> {
  const folder = requireFolder(target)
  const { check, conventionsOf, walkAll } = await import('../flux/check.ts')
  const { asJson, asSarif, asText, hasErrors } = await import('../flux/report.ts')
  const session = openSession(options)
  const builder = fluxBuilder(session)
  const tree = options.staged ? await (await import('../flux/revision.ts')).staged(folder) : folder
  const spec = conventionsOf(tree, options.policy)
  if (options.fix) {
    if (options.staged) throw new Failure('expected --fix or --staged, not both: what is staged is no file to repair')
    const { repairsOf } = await import('../flux/fix.ts')
    const ofWalks = (await walkAll(folder, builder)).flatMap((walk) => repairsOf(walk, spec))
    // Clusters share files.
    const repairs = [...new Map(ofWalks.map((repair) => [repair.file, repair])).values()]
    writeAllOrNone(repairs)
    for (const { file } of repairs) session.say(`repaired ${display(file)}`)
  }
  const { onceInAll } = await import('../flux/clusters.ts')
  const walks = await walkAll(tree, builder, folder, session.say)
  const checked = onceInAll(walks.map((walk) => check(walk, spec)))
  const write = {
    text: () => asText(checked, options.notes ?? false),
    json: () => asJson(checked),
    sarif: () => asSarif(checked),
  }
  process.stdout.write(write[options.output]())
  return hasErrors(checked) ? FINDINGS : OK
}
