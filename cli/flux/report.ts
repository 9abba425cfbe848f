import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { type Severity, toLine, toResult } from '../../functions/lib/framework/finding.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { counted } from '../lines.ts'
import { lineOf, type SourceLine } from '../render/origins.ts'
import { findingsAsSarif } from '../report/sarif.ts'
import { colorsFor } from '../terminal.ts'
import { type App, type AppFinding, identityOf } from './app.ts'
import type { Checked } from './check.ts'
import type { OfCluster } from './clusters.ts'
import { fileOf } from './walk.ts'

/** All findings, those about no app last. */
export const allFindings = (checked: readonly Checked[]): AppFinding[] =>
  checked.flatMap(({ findings, general }) => [...[...findings.values()].flat(), ...general])

export const hasErrors = (checked: readonly Checked[]): boolean =>
  allFindings(checked).some(({ finding }) => finding.severity === 'error')

/** The apps as a tree, each below the one that applies it, with its findings. `notes` shows what is only information. */
export function asText(checked: readonly OfCluster[], notes: boolean): string {
  return [...checked.map((one) => treeOf(one, notes)), summaryOf(checked, notes)].join('')
}

function treeOf(checked: OfCluster, notes: boolean): string {
  const colors = colorsFor(process.stdout, process.env)
  const paint = { error: colors.red, warning: colors.yellow, info: colors.dim }
  const lines: string[] = []
  const said = ({ source, finding, patchedBy, alsoIn = [], clusters = [] }: AppFinding, indent: string): void => {
    if (finding.severity === 'info' && !notes) return
    const line = toLine(finding, source)
    const where = [
      ...(patchedBy === undefined ? [] : [`from a patch of ${patchedBy}`]),
      ...(alsoIn.length > 0 ? [`and in ${few(alsoIn)}`] : []),
      ...(clusters.length > 0 ? [`and in ${few(clusters)}`] : []),
    ].join(', ')
    const others = where === '' ? '' : colors.dim(` (${where})`)
    lines.push(`${indent}${paint[finding.severity](finding.severity)}${line.slice(finding.severity.length)}${others}`)
  }
  const visit = (app: App, depth: number): void => {
    const indent = '  '.repeat(depth)
    const found = checked.findings.get(app) ?? []
    const again = (checked.repeated.get(app) ?? []).filter(({ finding }) => notes || finding.severity !== 'info')
    const isWrong = [...found, ...again].some(({ finding }) => finding.severity === 'error')
    const mark = isWrong ? colors.red('✗') : colors.green('✓')
    lines.push(`${indent}${mark} ${colors.bold(identityOf(app.entry))} ${colors.dim(describe(app))}`)
    for (const one of found) said(one, `${indent}    `)
    for (const [cluster, all] of groupBy(again, (one) => one.cluster))
      lines.push(`${indent}    ${colors.dim(`${all.length} findings as in ${cluster}`)}`)
    for (const child of checked.walk.apps) if (child.entry.appliedBy === app.entry) visit(child, depth + 1)
  }
  for (const app of checked.walk.apps) if (!app.entry.appliedBy) visit(app, 0)
  for (const one of checked.general) said(one, '')
  return lines.map((line) => `${line}\n`).join('')
}

const FEW = 5

const few = (names: readonly string[]): string =>
  [...names.slice(0, FEW), ...(names.length > FEW ? [`${names.length - FEW} more`] : [])].join(', ')

const describe = (app: App): string =>
  [
    valueAt(app.entry.object, ['spec', 'path']) ?? '',
    {
      built: counted(app.objects.length, 'object'),
      missing: 'no such folder',
      unbuilt: 'does not build',
      partial: 'not judged, because it does not build without what comes from URLs',
      external: 'from another repository, not looked at',
    }[app.state],
    ...(app.verified ? ['hardened by a policy'] : []),
  ].join(', ')

function summaryOf(checked: readonly Checked[], notes: boolean): string {
  const apps = checked.flatMap(({ walk }) => walk.apps)
  const found = allFindings(checked)
  const count = (severity: Severity): number => found.filter(({ finding }) => finding.severity === severity).length
  const objects = apps.reduce((sum, app) => sum + app.objects.length, 0)
  const hidden = count('info') > 0 && !notes ? ' (--notes shows them)' : ''
  return `${counted(apps.length, 'Kustomization')}, ${counted(objects, 'object')}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('info'), 'note')}${hidden}\n`
}

/** The same for machines. */
export function asJson(checked: readonly OfCluster[]): string {
  const apps = checked.flatMap((one) =>
    one.walk.apps.map((app) => ({
      name: app.entry.object.metadata.name,
      namespace: app.entry.namespace,
      path: valueAt(app.entry.object, ['spec', 'path']),
      state: app.state,
      ...(app.reason !== undefined && { reason: app.reason }),
      hardened: app.verified ? app.verified.every(({ finding }) => finding.severity !== 'error') : null,
      objects: app.objects.length,
      remotes: app.remotes,
      findings: [...(one.findings.get(app) ?? []), ...(one.repeated.get(app) ?? [])].map((found) => result(one, found)),
    })),
  )
  const each = checked.flatMap((one) =>
    [...[...one.findings.values()].flat(), ...one.general].map((found) => result(one, found)),
  )
  return `${JSON.stringify({ ok: !hasErrors(checked), apps, findings: each })}\n`
}

function result(checked: Checked, { source, finding, patchedBy, alsoIn, clusters }: AppFinding): object {
  const file = fileOf(checked.walk, finding.object)
  return {
    ...toResult(finding, source),
    ...(file !== undefined && { file: { path: relative(process.cwd(), file) } }),
    ...(patchedBy !== undefined && { patchedBy }),
    ...(alsoIn && { alsoIn }),
    ...(clusters && { clusters }),
  }
}

/** The same as a SARIF log: each finding at the file that its object is written in. */
export const asSarif = (checked: readonly Checked[]): string => {
  const all = checked.flatMap((one) =>
    [...one.findings].flatMap(([app, findings]) =>
      findings.map((found) => ({ stack: identityOf(app.entry), ...found, checked: one })),
    ),
  )
  return `${JSON.stringify(
    findingsAsSarif(all, ({ finding }) => {
      const one = all.find((each) => each.finding === finding)?.checked
      return locate(one && fileOf(one.walk, finding.object), finding.object)
    }),
  )}\n`
}

function locate(file: string | undefined, object: AppFinding['finding']['object']): SourceLine {
  if (file === undefined || !existsSync(file)) return { path: '.', line: 1 }
  return { path: relative(process.cwd(), file), line: object ? lineOf(object, readFileSync(file, 'utf8')) : 1 }
}
