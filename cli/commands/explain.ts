import { didYouMean } from '../../functions/lib/framework/did-you-mean.ts'
import { type Finish, type Output, ProgramCommand } from '../command.ts'
import { type ExitCode, Failure, OK } from '../exit-code.ts'

export function explainCommand(finish: Finish): ProgramCommand {
  return new ProgramCommand('explain', finish)
    .summary('say what a finding means and how to fix it')
    .description(
      'Prints what the finding with this id means, why it matters and how to fix it. Without an id: every id.',
    )
    .argument('[id]', 'id of a finding, as its line on stderr has it, such as verify/empty-policy')
    .outputOption('a page for people')
    .examples(['what to do about a finding', 'krm-hardening explain verify/empty-policy'])
    .runs(explain)
}

async function explain(id: string | undefined, { output }: { output: Output }): Promise<ExitCode> {
  const { explainedFindings } = await import('../../functions/explain.ts')
  await import('../findings.ts')
  const all = explainedFindings()
  const found = id === undefined ? all : all.filter((kind) => kind.id === id)
  if (found.length === 0)
    throw new Failure(
      `no finding has the id ${id}${didYouMean(
        id ?? '',
        all.map((kind) => kind.id),
      )}`,
    )
  const [only] = found
  if (output === 'json') process.stdout.write(`${JSON.stringify(id === undefined ? found : only)}\n`)
  else if (id === undefined) process.stdout.write(found.map((kind) => `${kind.id}\n`).join(''))
  else if (only)
    process.stdout.write(
      `${only.severity}: ${only.id}\n\nWhat it means\n  ${only.means}\n\nWhy it matters\n  ${only.why}\n\nHow to fix it\n  ${only.fix}\n`,
    )
  return OK
}
