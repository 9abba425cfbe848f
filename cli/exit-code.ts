/** Exit codes of the command line, the same as those of the functions. */
export const OK = 0
/** The command ran and found something to fix, or a build failed. */
export const FINDINGS = 1
/** The arguments, a file, the policy or a needed program cannot be used. */
export const UNUSABLE = 2
/** A defect of krm-hardening itself. */
export const BUG = 3

export type ExitCode = typeof OK | typeof FINDINGS | typeof UNUSABLE | typeof BUG

/** A failure that its message explains completely: no stack trace is shown for it. */
export class Failure extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = UNUSABLE, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The exit codes, for --help. */
export const EXIT_CODES = `

Exit codes:
  0  done, and nothing was found
  1  findings: something is not hardened, does not match, or did not build
  2  unusable input, policy or arguments, or a program that is missing
  3  a bug in krm-hardening; please report it`
