import './catalog.ts'
import { type FindingKind, findingKinds } from './lib/framework/finding.ts'
import './lib/charts/findings.ts'
import './lib/resource-list/findings.ts'
import './lib/runner/findings.ts'

/** What is known about one id: its severity, what it means, why it matters, how to fix it. */
export interface Explained extends Pick<FindingKind, 'severity' | 'means' | 'why' | 'fix'> {
  readonly id: string
}

/** Everything that the functions can say, sorted by id. */
export const explainedFindings = (): Explained[] =>
  [...findingKinds]
    .map(([id, { severity, means, why, fix }]) => ({ id, severity, means, why, fix }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

/** What an id means; undefined for an unknown id. */
export const explainFinding = (id: string): Explained | undefined =>
  explainedFindings().find((explained) => explained.id === id)
