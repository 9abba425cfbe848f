import { display } from '../display.ts'
import { painted } from '../report/diff.ts'
import { colorsFor } from '../terminal.ts'
import { changesOf } from './edits.ts'
import { movesOf, type NotAnswered, type Overview } from './outdated.ts'
import { patchOf } from './patch.ts'
import type { Pin } from './pin.ts'
import { LEVELS } from './versions.ts'
import { withoutCredentials } from './without-credentials.ts'

const placesOf = ({ places }: Pin): string[] =>
  places.map(({ document, line, field }) => `${display(document.file)}:${line} ${field}`)

/** What is outdated, what it would change, and a sum; then the patch of everything that is proposed. */
export function outdatedAsText({ pins, outdated, notAnswered, notCompared }: Overview, patch: string): string {
  const colors = colorsFor(process.stdout, process.env)
  const lines = outdated.flatMap((one) => [
    `${colors.bold(withoutCredentials(one.pin.name))} ${one.pin.version}: ${LEVELS.flatMap((level) => (one.newest[level] === undefined ? [] : [`${level} ${one.newest[level]}`])).join(', ')}`,
    ...placesOf(one.pin).map((place) => `  ${place}`),
  ])
  const sum = [
    `${pins} pinned`,
    `${outdated.length} outdated`,
    ...(notAnswered.length > 0 ? [`${notAnswered.length} without an answer`] : []),
    ...(notCompared.length > 0 ? [`${notCompared.length} not compared`] : []),
  ]
  return `${[...lines, sum.join(', ')].map((line) => `${line}\n`).join('')}${patch === '' ? '' : `\n${painted(patch)}`}`
}

/** A line for each origin that did not answer: what it was asked for, for which pins, and why there is no answer. */
export const notAnsweredAsText = (notAnswered: readonly NotAnswered[]): string =>
  notAnswered
    .map(
      ({ asked, reason, pins }) =>
        `error: no answer to: ${withoutCredentials(asked)}, for ${pins.flatMap(placesOf).join(', ')}: ${reason}\n`,
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
