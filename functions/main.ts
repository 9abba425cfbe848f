import { plan } from './hardening/plan.ts'
import { toLine } from './lib/framework/finding.ts'
import { runner } from './lib/runner/findings.ts'
import { run } from './lib/runner/run.ts'
import { expectShortRun } from './short-run.ts'
import { readStdin, write } from './stdio.ts'

expectShortRun()

// With stdio.ts, the only place that touches stdin, stdout, stderr and the exit code.
async function main(): Promise<void> {
  const answer = await run(readStdin, plan)
  process.exitCode = answer.exitCode
  write(2, answer.stderr)
  try {
    write(1, answer.stdout)
  } catch (cause) {
    unwritable(cause as NodeJS.ErrnoException)
  }
}

/** A reader that has seen enough ends the program without a word. */
function unwritable({ code, message }: NodeJS.ErrnoException): void {
  if (code !== 'EPIPE') write(2, `${toLine(runner.unwritable({}, message), '')}\n`)
  process.exitCode = 2
}

void main()
