import { display } from '../display.ts'
import { painted } from '../report/diff.ts'
import { colorsFor } from '../terminal.ts'
import { withoutCredentials } from '../without-credentials.ts'
import { applicableOf, isOnlyLocked, movesOf, obstaclesTo } from './outdated.ts'
import type { ChartChanges, NotAnswered, Outdated, Overview } from './overview.ts'
import { patchOf } from './patch.ts'
import { changesOf } from './pins/edits.ts'
import type { Pin } from './pins/pin.ts'
import { LEVELS } from './versions/versions.ts'

const placesOf = ({ places }: Pin): string[] =>
  places.map(({ document, line, field }) => `${display(document.file)}:${line} ${field}`)

/** What is outdated, what it would change, and a sum; then the patch of everything that is proposed. */
export function outdatedAsText({ pins, outdated, notAnswered, notCompared }: Overview, patch: string): string {
  const colors = colorsFor(process.stdout, process.env)
  const lines = outdated.flatMap((one) => [
    `${colors.bold(withoutCredentials(one.pin.name))} ${one.pin.version}: ${newestAsText(one)}`,
    ...placesOf(one.pin).map((place) => `  ${place}`),
    ...one.changes.flatMap(changesAsText),
  ])
  const sum = [
    `${pins} pinned`,
    `${outdated.length} outdated`,
    ...(notAnswered.length > 0 ? [`${notAnswered.length} without an answer`] : []),
    ...(notCompared.length > 0 ? [`${notCompared.length} not compared`] : []),
  ]
  return `${[...lines, sum.join(', ')].map((line) => `${line}\n`).join('')}${patch === '' ? '' : `\n${painted(patch)}`}`
}

/** The newest version of each level, and why none of them is in the patch. */
function newestAsText({ newest, isProposed, level, pin, heldBy }: Outdated): string {
  const versions = LEVELS.flatMap((one) => (newest[one] === undefined ? [] : [`${one} ${newest[one]}`])).join(', ')
  if (isProposed) return versions
  if (isOnlyLocked(pin)) return `${versions} (stays: only a lock has it, and follows what uses the image)`
  if (heldBy.length > 0)
    return `${versions} (stays: one place sets the version of ${heldBy.map(withoutCredentials).join(', ')} too, which has none of these)`
  return level === 'major' ? `${versions} (stays: --major moves to it)` : versions
}

/** What the reviewer of a chart's update has to see. */
const changesAsText = ({ release, lock, values, rendered, problem }: ChartChanges): string[] => [
  `  ${release}${lock === undefined ? '' : `, ${display(lock)}`}:`,
  ...values.gone.map(({ path, now }) => `    value gone: ${path}${now === undefined ? '' : ` (perhaps now ${now})`}`),
  ...values.unknown.map((path) => `    value that neither version knows: ${path}`),
  ...values.retyped.map(({ path, before, after }) => `    value of another type: ${path}: ${before} → ${after}`),
  ...values.required.map((path) => `    value required, and set nowhere: ${path}`),
  ...rendered.map((line) => `    ${line}`),
  ...(problem === undefined ? [] : [`    error: ${inOneLine(problem)}`]),
]

const inOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ')

/** What --apply leaves as it is, and why. */
export function notAppliedAsText(outdated: readonly Outdated[]): string {
  const applied = new Set(applicableOf(outdated))
  return outdated
    .filter((one) => one.isProposed && !applied.has(one))
    .map((one) => {
      const why = obstaclesTo(one).map(inOneLine).join('; ') || 'what moves with it is not moved'
      return `error: ${withoutCredentials(one.pin.name)} is not moved to ${one.to}: ${why}\n`
    })
    .join('')
}

/** A line for each origin that did not answer: what it was asked for, for which pins, and why there is no answer. */
export const notAnsweredAsText = (notAnswered: readonly NotAnswered[]): string =>
  notAnswered
    .map(
      ({ asked, reason, pins }) =>
        `error: no answer to: ${withoutCredentials(asked)}, for ${pins.flatMap(placesOf).join(', ')}: ${inOneLine(reason)}\n`,
    )
    .join('')

/** The same for programs, with the patch of each alone. */
export const outdatedAsJson = ({ pins, outdated, notAnswered, notCompared }: Overview, patch: string): object => ({
  ok: outdated.length === 0 && notAnswered.length === 0,
  pins,
  outdated: outdated.map((one) => ({
    ...pinAsJson(one.pin),
    newest: one.newest,
    to: one.to,
    level: one.level,
    isProposed: one.isProposed,
    ...(one.heldBy.length > 0 && { heldBy: one.heldBy.map(withoutCredentials) }),
    changes: one.changes.map(({ release, lock, values, rendered, problem }) => ({
      release,
      ...(lock !== undefined && { lock: display(lock) }),
      values,
      rendered,
      ...(problem !== undefined && { problem }),
    })),
    patch: patchOf(changesOf(movesOf([one]))),
  })),
  notAnswered: notAnswered.map(({ asked, reason, pins: waiting }) => ({
    asked: withoutCredentials(asked),
    reason,
    pins: waiting.map(pinAsJson),
  })),
  notCompared: notCompared.map((one) => ({ ...one, file: display(one.file) })),
  patch,
})

const pinAsJson = ({ kind, name, version, places }: Pin) => ({
  kind,
  name: withoutCredentials(name),
  version,
  places: places.map(({ document, line, field }) => ({ file: display(document.file), line, field })),
})
