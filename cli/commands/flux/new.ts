import { type Finish, ProgramCommand } from '../../command.ts'
import { display } from '../../display.ts'
import { type ExitCode, Failure, OK } from '../../exit-code.ts'
import { writeAllOrNone } from '../../files.ts'
import { requireFolder } from '../../flux/start.ts'

interface FluxNewOptions {
  chart?: string
  chartVersion?: string
}

export function fluxNewCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('new', finish)
    .summary('add an app in the convention of the repository')
    .description(
      'Writes apps/NAMESPACE/APP/ks.yaml and app/, the namespace if it is new, and its entry in the kustomizations that list it. Writes everything or nothing, and changes no file of another app.',
    )
    .argument('<app>', 'NAMESPACE/APP')
    .argument('[dir]', 'folder of the repository, or of one cluster in it', '.')
    .option('--chart <url>', 'chart to install, as oci://…; needs --chart-version')
    .option('--chart-version <version>', 'its exact version')
    .examples(
      ['an empty app', 'krm-hardening flux new media/films'],
      [
        'with a chart',
        'krm-hardening flux new media/films --chart oci://ghcr.io/example/charts/app --chart-version 4.0.1',
      ],
    )
    .runs(create)
}

async function create(app: string, target: string, { chart, chartVersion }: FluxNewOptions): Promise<ExitCode> {
  const folder = requireFolder(target)
  if ((chart === undefined) !== (chartVersion === undefined))
    throw new Failure('expected --chart and --chart-version together, or neither')
  const { filesOf, parseApp } = await import('../../flux/new.ts')
  const version = chartVersion === undefined ? {} : { version: chartVersion }
  const changes = filesOf({ ...parseApp(app), ...(chart !== undefined && { chart }), ...version }, folder)
  writeAllOrNone(changes)
  for (const { file, before } of changes)
    process.stdout.write(`${before === undefined ? 'wrote' : 'changed'} ${display(file)}\n`)
  return OK
}
