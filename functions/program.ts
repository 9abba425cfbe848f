import { plan } from './hardening/plan.ts'
import { toLine } from './lib/framework/finding.ts'
import { runner } from './lib/runner/findings.ts'
import { type Answer, run } from './lib/runner/run.ts'
import { type Descriptors, readStdin, write } from './stdio.ts'

/** Answers the ResourceList on stdin: the objects to stdout, what there is to say to stderr. Gives the exit code. */
export async function program(fs: Descriptors): Promise<Answer['exitCode']> {
  const { stdout, stderr, exitCode } = await run(() => readStdin(fs), plan)
  write(fs, 2, stderr)
  try {
    write(fs, 1, stdout)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    // A reader that has seen enough ends the program without a word.
    if (code !== 'EPIPE') write(fs, 2, `${toLine(runner.unwritable({}, message), '')}\n`)
    return 2
  }
  return exitCode
}
