import { describeFinding, type Finding } from './finding.ts'

/** Input or configuration that cannot be used: exit code 2. It has one finding for each thing to fix. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly findings: readonly Finding[]

  constructor(findings: Finding | readonly Finding[], options?: ErrorOptions) {
    const all = Array.isArray(findings) ? (findings as readonly Finding[]) : [findings as Finding]
    super(all.map(describeFinding).join('\n'), options)
    this.findings = all
  }
}
