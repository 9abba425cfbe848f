import type { StackFinding } from '../policy/verify.ts'
import { originsOf } from '../render/origins.ts'
import { passThrough } from '../runtime/functions.ts'
import type { Session } from '../session.ts'
import { findingsAsSarif } from './sarif.ts'

/** Prints findings about the build of a folder as a SARIF log. */
export async function writeSarif(folder: string, session: Session, findings: readonly StackFinding[]): Promise<void> {
  const sourceOf = await originsOf(folder, session.builder(passThrough))
  const log = findingsAsSarif(findings, ({ finding }) => sourceOf(finding.object))
  process.stdout.write(`${JSON.stringify(log)}\n`)
}
