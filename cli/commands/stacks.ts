import { requireBuildable } from '../buildable.ts'
import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { display } from '../display.ts'
import { type ExitCode, OK } from '../exit-code.ts'
import { changedSince } from '../tree/changed.ts'
import { stacksIn } from '../tree/stacks.ts'

interface StacksOptions {
  since?: string
  output: Output
}

export function stacksCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('stacks', finish)
    .summary('list the stacks of an environment')
    .description(
      'Lists the stacks of an environment, one folder a line, so that jobs of a CI can render them side by side. Builds nothing.',
    )
    .stackOrEnvironment()
    .option('--since <revision>', 'only the stacks that may build differently than at a revision of Git')
    .outputOption('one folder a line')
    .examples([
      'what a branch changes, for the matrix of a workflow',
      'krm-hardening stacks --since main -o json overlays/production',
    ])
    .runs(stacks)
}

async function stacks(folder: string, options: StacksOptions): Promise<ExitCode> {
  const all = stacksIn(requireBuildable(folder))
  const listed =
    options.since === undefined ? all : (await changedSince(options.since, all)).map((stack) => stack.folder)
  const names = listed.map(display)
  process.stdout.write(
    options.output === 'json' ? `${JSON.stringify(names)}\n` : names.map((name) => `${name}\n`).join(''),
  )
  return OK
}
