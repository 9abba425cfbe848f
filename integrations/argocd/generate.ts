import { createRequire } from 'node:module'
import { join } from 'node:path'
import { UNUSABLE } from '../../cli/exit-code.ts'
import { toLine } from '../../functions/lib/framework/finding.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import { type Parameters, parametersOf } from './parameters.ts'

/** The arguments with which `krm-hardening` builds an Application in its folder. */
const argumentsFor = ({ environment, image }: Parameters): string[] => [
  'render',
  ...(image === undefined ? [] : [`--image=${image}`]),
  environment === undefined ? '.' : `./${environment}`,
]

/** Renders the folder that Argo CD starts it in, as `krm-hardening render` does, which it becomes: a second Node would cost a tenth of a render. */
function generate(): void {
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...argumentsFor(parametersOf(process.env)))
  createRequire(__filename)(join(__dirname, 'cli.cjs'))
}

try {
  generate()
} catch (cause) {
  if (!(cause instanceof InputError)) throw cause
  for (const finding of cause.findings) process.stderr.write(`${toLine(finding, '')}\n`)
  process.exitCode = UNUSABLE
}
