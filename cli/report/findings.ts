import { toLine, toResult } from '../../functions/lib/framework/finding.ts'
import { display } from '../display.ts'
import { type ExitCode, FINDINGS, OK } from '../exit-code.ts'
import type { StackFinding } from '../policy/verify.ts'
import { colorsFor } from '../terminal.ts'

/** A line for each finding that a person should read, below the stack that it is about. */
export function findingsAsText(findings: readonly StackFinding[]): string {
  const colors = colorsFor(process.stdout, process.env)
  const paint = { error: colors.red, warning: colors.yellow, info: colors.dim }
  const lines: string[] = []
  let stack: string | undefined
  for (const { stack: of, source, finding } of findings) {
    if (finding.severity === 'info') continue
    if (of !== stack) lines.push(colors.bold(`${display(of)}:`))
    stack = of
    const line = toLine(finding, source)
    lines.push(`  ${paint[finding.severity](finding.severity)}${line.slice(finding.severity.length)}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** The findings in the ResourceList `results` schema, each with its stack. */
export const findingsAsResults = (findings: readonly StackFinding[]): object[] =>
  findings.map(({ stack, source, finding }) => ({ stack: display(stack), ...toResult(finding, source) }))

/** 1 for findings with an error among them. */
export const exitCodeOf = (findings: readonly StackFinding[]): ExitCode => (hasErrors(findings) ? FINDINGS : OK)

export const hasErrors = (findings: readonly StackFinding[]): boolean =>
  findings.some(({ finding }) => finding.severity === 'error')
