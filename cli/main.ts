import { CommanderError } from 'commander'
import { toLine } from '../functions/lib/framework/finding.ts'
import { InputError } from '../functions/lib/framework/input-error.ts'
import { expectShortRun } from '../functions/short-run.ts'
import { BUG, type ExitCode, Failure, OK, UNUSABLE } from './exit-code.ts'
import { isSystemError, reasonOf } from './files.ts'
import { stopOnSignals } from './process.ts'
import { program } from './program.ts'

/** Runs the command line. Gives the exit code, after every message has been written. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = OK
  try {
    await program((code) => {
      exitCode = code
    }).parseAsync(argv)
    return exitCode
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? OK : UNUSABLE
    if (cause instanceof Failure) return refuse(cause.message, cause.exitCode)
    if (cause instanceof InputError) return refuseInput(cause)
    if (isSystemError(cause)) return refuse(cause.message, UNUSABLE)
    const trace = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return refuse(`a bug in krm-hardening, please report it: ${trace}`, BUG)
  }
}

function refuseInput({ findings }: InputError): ExitCode {
  for (const finding of findings) process.stderr.write(`${toLine(finding, '')}\n`)
  return UNUSABLE
}

function refuse(message: string, exitCode: ExitCode): ExitCode {
  process.stderr.write(`error: ${message}\n`)
  return exitCode
}

expectShortRun()
stopOnSignals()
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (cause: NodeJS.ErrnoException) =>
  process.exit(cause.code === 'EPIPE' ? OK : refuse(`stdout cannot be written: ${reasonOf(cause)}`, UNUSABLE)),
)
process.stderr.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exit(UNUSABLE)
})
void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode
})
