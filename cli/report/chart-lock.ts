import { display } from '../display.ts'
import type { LockedChart } from '../lock/chart/lock.ts'

/** What each lock says that the one before did not: what the reviewer of a chart's update has to see. */
export const chartLocksAsText = (locked: readonly LockedChart[]): string =>
  locked
    .map(({ file, release, before, after, changes }) => {
      const state = before === undefined ? 'new' : before === after ? 'current' : 'renewed'
      const lines = before === undefined ? [] : changes
      return `${display(file)}: ${state}: ${release.chart} ${release.version}\n${lines.map((line) => `  ${line}\n`).join('')}`
    })
    .join('')

/** The same for programs. */
export const chartLocksAsJson = (locked: readonly LockedChart[]): object =>
  locked.map(({ file, release, before, after, changes, images }) => ({
    file: display(file),
    chart: release.chart,
    version: release.version,
    isCurrent: before === after,
    changes,
    images,
  }))
