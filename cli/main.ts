import { CommanderError } from 'commander'
import { InputError } from '../functions/lib/input-error.ts'
import { BUG, type ExitCode, Failure, OK, UNUSABLE } from './exit-code.ts'
import { stopOnSignals } from './process.ts'
import { program } from './program.ts'

/** Runs the command line. Gives the exit code; what is to be said has been said. */
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
    if (cause instanceof InputError) return refuse(cause.message, UNUSABLE)
    const trace = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return refuse(`a bug in krm-hardening, please report it: ${trace}`, BUG)
  }
}

function refuse(message: string, exitCode: ExitCode): ExitCode {
  process.stderr.write(`error: ${message}\n`)
  return exitCode
}

stopOnSignals()
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => process.exit(cause.code === 'EPIPE' ? OK : BUG))
void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode
})
