import type { Connection } from '../connections/connections.ts'
import { diffsAsText } from '../report/diff.ts'
import { colorsFor } from '../terminal.ts'
import type { FluxDiff } from './diff.ts'

/** Each app with a change and the diffs of its objects, then the connections, + added and - removed. */
export function diffAsText({ apps, added, removed }: FluxDiff): string {
  const { bold, green, red, yellow } = colorsFor(process.stdout, process.env)
  const line = ({ from, to, port, protocol }: Connection): string => `${from} → ${to} ${port}/${protocol}`
  const lines = [
    ...removed.map((connection) => red(`- ${line(connection)}`)),
    ...added.map((connection) => green(`+ ${line(connection)}`)),
  ]
  return [
    ...apps.map(({ app, change, objects, problem }) =>
      [
        `${bold(`${app}: ${change}`)}\n`,
        ...(problem === undefined ? [] : [`${yellow('warning')}: ${problem}\n`]),
        ...(objects.length > 0 ? [diffsAsText(objects)] : []),
      ].join(''),
    ),
    ...lines.map((text) => `${text}\n`),
    `${apps.length} apps changed; ${added.length} connections added, ${removed.length} removed\n`,
  ].join('')
}
