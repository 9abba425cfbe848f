import { plan } from './hardening/plan.ts'
import { toLine } from './lib/framework/finding.ts'
import { runner } from './lib/runner/findings.ts'
import { run } from './lib/runner/run.ts'
import { expectShortRun } from './short-run.ts'
import { readStdin } from './stdin.ts'

expectShortRun()

// With stdin.ts, the only place that touches stdin, stdout, stderr and the exit code.
async function main(): Promise<void> {
  const answer = await run(readStdin, plan)
  process.stderr.write(answer.stderr)
  process.stdout.on('error', unwritable)
  process.stdout.write(answer.stdout)
  process.exitCode = answer.exitCode
}

/** A reader that has seen enough ends the program without a word. */
function unwritable({ code, message }: NodeJS.ErrnoException): void {
  if (code !== 'EPIPE') process.stderr.write(`${toLine(runner.unwritable({}, message), '')}\n`)
  process.exitCode = 2
}

void main()
