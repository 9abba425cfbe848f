import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { toLine, toResult } from '../../functions/lib/framework/finding.ts'
import { display } from '../display.ts'
import type { Change } from '../files.ts'
import type { InitPlan } from '../init/plan.ts'
import { oneLine } from '../init/write/scalar.ts'
import { colorsFor } from '../terminal.ts'

/** What was written, what to review, and what to fix. */
export function initAsText({ changes, review, refusals }: InitPlan, folder: string, dryRun: boolean): string {
  const colors = colorsFor(dryRun ? process.stderr : process.stdout, process.env)
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n${colors.bold(title)}\n${lines.map((line) => `- ${oneLine(line)}\n`).join('')}`
  const errors = refusals.map(({ source, finding }) => toLine(finding, source).replace(/^error: /, ''))
  const done = changes.map(({ file, before }) => `${before === undefined ? 'wrote' : 'extended'} ${display(file)}\n`)
  return [
    ...(dryRun ? ['nothing was written\n'] : done),
    section('To review', review),
    section('To fix: with this policy, render refuses', errors),
    ...(dryRun ? [] : [`\nNext: krm-hardening render --diff ${folder}\n`]),
  ].join('')
}

/** The same for machines. Of what pods are given only object and field are shown, never a value. */
export const initAsJson = ({ changes, found, review, refusals }: InitPlan, dryRun: boolean): object => ({
  dryRun,
  files: changes.map(({ file, before, after }) => ({ path: display(file), isNew: before === undefined, text: after })),
  flows: found.flows,
  images: found.images,
  review,
  refusals: refusals.map(({ source, finding }) => toResult(finding, source)),
})

/** The changes as a patch, paths from here, as `git apply` and `patch -p1` read it. */
export const changesAsPatch = (changes: readonly Change[]): string =>
  changes
    .map(({ file, before, after }) =>
      createTwoFilesPatch(
        before === undefined ? '/dev/null' : `a/${display(file)}`,
        `b/${display(file)}`,
        before ?? '',
        after,
        undefined,
        undefined,
        { context: 3, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join('')
