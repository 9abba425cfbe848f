import { Command } from 'commander'
import { requireBuildable } from '../buildable.ts'
import { display } from '../display.ts'
import { type ExitCode, OK } from '../exit-code.ts'
import { changedSince } from '../tree/changed.ts'
import { stacksIn } from '../tree/stacks.ts'
import { type Output, withExamples, withOutputOption } from './options.ts'

interface StacksOptions {
  since?: string
  output: Output
}

export function stacksCommand(finish: (exitCode: ExitCode) => void): Command {
  const command = new Command('stacks')
    .summary('list the stacks of an environment')
    .description(
      'Lists the stacks of an environment, one folder a line, so that jobs of a CI can render them side by side. Builds nothing.',
    )
    .argument('[dir]', 'folder with a kustomization.yaml: a stack, or an environment that lists stacks', '.')
    .option('--since <revision>', 'only the stacks that may build something else than at a revision of Git')
    .action(async (folder: string, options: StacksOptions) => finish(await stacks(folder, options)))
  withOutputOption(command, 'one folder a line')
  return withExamples(command, [
    [
      'what a branch changes, for the matrix of a workflow',
      'krm-hardening stacks --since main -o json overlays/production',
    ],
  ])
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
