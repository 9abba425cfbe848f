import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { counted } from '../lines.ts'
import type { colorsFor } from '../terminal.ts'
import { ageOf } from './age.ts'
import type { Explained } from './chain.ts'
import { type EventLine, idOf, type Problem } from './problem.ts'
import type { Status } from './status.ts'
import type { Unread } from './world.ts'

type Colors = ReturnType<typeof colorsFor>

/** A status for people: each root cause, below it what follows from it. `now` is in milliseconds of the epoch. */
export function asText(status: Status, now: number, colors: Colors): string {
  const chains = status.causes.flatMap((cause) => chainOf(cause, 0, now, colors))
  const restarted = status.restarted.map(
    ({ ref, container, restarts, reason, at }) =>
      `${idOf(ref)} is well again: container ${container} was restarted ${times(restarts)}, last ${ageOf(at, now)} ago (${reason})`,
  )
  return [...chains, ...restarted, ...unreadLines(status.unread, colors), summaryOf(status, colors)]
    .map((line) => `${line}\n`)
    .join('')
}

function chainOf(cause: Explained<Problem>, depth: number, now: number, colors: Colors): string[] {
  const indent = '  '.repeat(depth)
  const mark = depth === 0 ? colors.red('✗') : colors.dim('→')
  const lines = cause.links.flatMap((problem) => problemLines(problem, now, colors))
  const circle = cause.circle && `${colors.bold('a circle')}: ${cause.circle.join(' → ')}`
  const inner = circle ? lines.map((line) => `  ${line}`) : lines
  const [first = '', ...rest] = [...(circle ? [circle] : []), ...inner]
  return [
    `${indent}${mark} ${first}`,
    ...rest.map((line) => `${indent}  ${line}`),
    ...(cause.also.length > 0 ? [`${indent}    also waits for ${few(cause.also)}`] : []),
    ...cause.effects.flatMap((effect) => chainOf(effect, depth + 1, now, colors)),
  ]
}

function problemLines(problem: Problem, now: number, colors: Colors): string[] {
  const {
    id,
    state,
    reason,
    message,
    lastTransitionTime,
    restarts,
    more = [],
    neededBy = [],
    unseen = [],
    notJudged = [],
    events = [],
  } = problem
  const others = more.length > 0 ? ` and ${more.length} more` : ''
  const why = [reason, message].filter(Boolean).join(': ')
  const details = [
    ...(restarts === undefined ? [] : [`restarted ${times(restarts)}`]),
    ...(lastTransitionTime === undefined ? [] : [`for ${ageOf(lastTransitionTime, now)}`]),
    ...(problem.manager ? [`of ${idOf(problem.manager)}`] : []),
  ]
  const head = `${colors.bold(id)}${others} ${colors.yellow(state === 'missing' ? 'is missing' : state)}`
  return [
    [head, why && `: ${why}`, details.length > 0 ? colors.dim(` (${details.join(', ')})`) : ''].join(''),
    ...(neededBy.length > 0 ? [`  named by ${few(neededBy.map(idOf))}`] : []),
    ...unseen.map((ref) => `  names ${idOf(ref)}, which this account may not read`),
    ...(notJudged.length > 0 ? [`  not judged here: ${few(notJudged)}`] : []),
    ...events.map((event) => `  ${eventLine(event, now)}`),
  ]
}

const eventLine = ({ reason, message, count, last }: EventLine, now: number): string =>
  `${reason}: ${message} (${[...(count > 1 ? [times(count)] : []), ...(last ? [`${ageOf(last, now)} ago`] : [])].join(', ')})`

const FEW = 5

/** The first names of a list that may be as long as the cluster is large; JSON has them all. */
const few = (names: readonly string[]): string =>
  [...names.slice(0, FEW), ...(names.length > FEW ? [`${names.length - FEW} more`] : [])].join(', ')

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** One line for each kind, with the namespaces in which it may not be read. */
const unreadLines = (unread: readonly Unread[], colors: Colors): string[] =>
  [...groupBy(unread, ({ resource, why }) => `${resource} ${why}`).values()].map(([one, ...more]) => {
    const names = [one, ...more].flatMap((each) => each?.namespace ?? [])
    const where = names.length > 0 ? ` in ${names.join(', ')}` : ''
    return `${colors.yellow('not read')}: ${one?.resource}${where}: ${one?.why}`
  })

function summaryOf({ causes, unread, counts }: Status, colors: Colors): string {
  const looked = `${counted(counts.flux, 'object')} of Flux, ${counted(counts.pods, 'pod')}, ${counted(counts.claims, 'volume claim')}, ${counted(counts.nodes, 'node')}`
  const unhealthy = causes.reduce((sum, { size }) => sum + size, 0)
  if (unhealthy > 0)
    return `${counted(causes.length, 'root cause')} ${causes.length === 1 ? 'explains' : 'explain'} ${unhealthy} that ${unhealthy === 1 ? 'is' : 'are'} not healthy, of ${looked}`
  return unread.length > 0
    ? `Nothing unhealthy was found in what may be read: ${looked}`
    : `${colors.green('✓')} healthy: ${looked}`
}
