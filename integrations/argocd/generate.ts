import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { FINDINGS, UNUSABLE } from '../../cli/exit-code.ts'
import { toLine } from '../../functions/lib/framework/finding.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import { type Parameters, parametersOf } from './parameters.ts'

/** The arguments with which `krm-hardening` builds an Application in its folder. */
const argumentsFor = ({ environment, image }: Parameters): string[] => [
  'render',
  ...(image === undefined ? [] : [`--image=${image}`]),
  environment === undefined ? '.' : `./${environment}`,
]

/**
 * Renders the folder that Argo CD starts it in: manifests on stdout, everything else on stderr. Gives the exit code.
 * It runs in a process of its own. When time is up, Argo CD kills the process that it started, and only asks the processes
 * below it to end, so they can remove their files from /tmp.
 */
function generate(): number {
  try {
    const args = argumentsFor(parametersOf(process.env))
    const { status, signal, error } = spawnSync(process.execPath, [join(__dirname, 'cli.cjs'), ...args], {
      stdio: 'inherit',
    })
    if (error) throw error
    return status ?? refuse(`rendering was ended by ${signal}: out of time, or of the memory of the sidecar`, FINDINGS)
  } catch (cause) {
    if (cause instanceof InputError) return refuseInput(cause)
    throw cause
  }
}

function refuseInput({ findings }: InputError): number {
  for (const finding of findings) process.stderr.write(`${toLine(finding, '')}\n`)
  return UNUSABLE
}

function refuse(message: string, exitCode: number): number {
  process.stderr.write(`error: ${message}\n`)
  return exitCode
}

process.exitCode = generate()
