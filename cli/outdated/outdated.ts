import pLimit from 'p-limit'
import { didYouMean } from '../../functions/lib/framework/did-you-mean.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { canonicalName } from '../../functions/lib/kubernetes/image-reference.ts'
import { Failure } from '../exit-code.ts'
import { AT_ONCE, digestOf } from '../lock/registry.ts'
import { withoutCredentials } from '../without-credentials.ts'
import type { NotAnswered, Outdated, Overview } from './overview.ts'
import { chartsIn } from './pins/charts.ts'
import type { Move } from './pins/edits.ts'
import { ImageRules } from './pins/image-policies.ts'
import { imagesIn } from './pins/images.ts'
import { commonVersions, jointly, placeKey } from './pins/joint.ts'
import type { Pin, Place } from './pins/pin.ts'
import type { NotCompared } from './tree/not-compared.ts'
import { Builds } from './tree/overrides.ts'
import { unreadIn } from './tree/patches.ts'
import { unreadReplacements } from './tree/replacements.ts'
import { objectOf, type SourceDocument } from './tree/source-files.ts'
import { Variables } from './tree/variables.ts'
import { type Answer, ask, keyOf } from './versions/origins.ts'
import {
  LEVELS,
  type Level,
  type Newest,
  newestOf,
  tagOf,
  type Version,
  versionOfChart,
  versionOfImage,
} from './versions/versions.ts'

/**
 * Compares everything that a tree pins with what its origins list. `rendered` are canonical names of images that charts
 * render, whose versions come with the charts. `only` are names, or the last parts of names; none means all. Throws Failure (2)
 * for a name that nothing has.
 */
export async function overviewOf(
  documents: readonly SourceDocument[],
  rendered: ReadonlySet<string>,
  only: readonly string[],
  withMajors: boolean,
): Promise<Overview> {
  const rules = new ImageRules(documents.flatMap((document) => objectOf(document) ?? []))
  const builds = new Builds(documents.map(({ file }) => file))
  const tree = { documents, builds, variables: new Variables(documents, builds) }
  const [charts, images] = [chartsIn(tree, rules), imagesIn(tree, rules)]
  const all = together([...charts.pins, ...images.pins]).filter(
    (pin) => !isOnlyLocked(pin) || !rendered.has(canonicalName(pin.name)),
  )
  const pins = only.length === 0 ? all : all.filter((pin) => only.some((name) => isNamed(pin, name)))
  const unknown = only.find((name) => !all.some((pin) => isNamed(pin, name)))
  if (unknown !== undefined)
    throw new Failure(
      `${unknown}: found no chart or image of this name in the tree${didYouMean(unknown, all.flatMap(namesOf))}`,
    )
  const jointWith = jointly(all)
  const asked = [...new Set(pins.flatMap(jointWith))]
  const answers = await ask(asked.map(({ origin }) => origin))
  const answerTo = ({ origin }: Pin): Answer | undefined => answers.get(keyOf(origin))
  const compared = asked.flatMap((pin) => compare(pin, jointWith(pin), answerTo, rules, withMajors) ?? [])
  const { outdated, notAnswered } = await withDigests(compared)
  return {
    pins: pins.length,
    outdated: allOrNone(outdated, ({ isProposed }) => isProposed).map(([one, isMoved]) => ({
      ...one,
      isProposed: isMoved,
    })),
    notAnswered: [
      ...notAnswered,
      ...[...groupBy(asked, ({ origin }) => keyOf(origin))].flatMap(([question, waiting]) => {
        const answer = answers.get(question)
        return answer && 'reason' in answer ? [{ asked: question, reason: answer.reason, pins: waiting }] : []
      }),
    ],
    notCompared:
      only.length === 0
        ? namedOnce([
            ...charts.notCompared,
            ...images.notCompared,
            ...documents.flatMap(unreadIn),
            ...unreadReplacements(documents, builds),
          ])
        : [],
  }
}

/** One pin for each version of each name, with all its places: a chart in a registry may be in the lock of images too. */
function together(pins: readonly Pin[]): Pin[] {
  const nameOf = ({ name, origin }: Pin): string =>
    origin.kind === 'registry' ? canonicalName(origin.repository) : name
  const groups = groupBy(pins, (pin) => `${nameOf(pin)}:${tagOf(pin.version)}`)
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    const all = [first, ...others]
    return [
      {
        ...first,
        places: eachOnce(all.flatMap(({ places }) => places)),
        releases: all.flatMap(({ releases }) => releases),
      },
    ]
  })
}

/** Several kustomizations may apply one patch. */
const eachOnce = (places: readonly Place[]): Place[] => [
  ...new Map(places.map((place) => [placeKey(place), place])).values(),
]

const namedOnce = (all: readonly NotCompared[]): NotCompared[] => [
  ...new Map(all.map((one) => [`${one.file} ${one.line} ${one.found}`, one])).values(),
]

const isNamed = (pin: Pin, name: string): boolean => pin.name === name || namesOf(pin).includes(name)

/** What people call it: the last part of its name, and the HelmReleases that install it. */
const namesOf = ({ name, releases }: Pin): string[] => [
  name.slice(name.lastIndexOf('/') + 1),
  ...releases.map(({ object }) => object.metadata.name),
]

/** What is newer, and the largest step to a version that all of `group` have, which move with the pin. */
function compare(
  pin: Pin,
  group: readonly Pin[],
  answerTo: (pin: Pin) => Answer | undefined,
  rules: ImageRules,
  withMajors: boolean,
): Outdated | undefined {
  const answer = answerTo(pin)
  if (!answer || 'reason' in answer) return undefined
  const newest = newestFor(pin, answer.versions, rules)
  const common = newestFor(pin, commonVersions(pin, group, answerTo), rules)
  const steps = [common, newest].map((one) => ({ one, level: largestStep(one, withMajors) }))
  const step = steps.find(({ level }) => level !== undefined)
  const to = step?.level && step.one[step.level]
  if (!step?.level || to === undefined) return undefined
  const heldBy = step.one === common ? [] : group.filter((one) => one !== pin).map(({ name }) => name)
  return {
    pin,
    newest,
    to,
    level: step.level,
    heldBy,
    isProposed: (step.level !== 'major' || withMajors) && heldBy.length === 0 && !isOnlyLocked(pin),
    digest: undefined,
    changes: [],
    obstacle: undefined,
  }
}

const largestStep = (newest: Newest, withMajors: boolean): Level | undefined =>
  (withMajors ? LEVELS : LEVELS.filter((one) => one !== 'major')).findLast((one) => newest[one] !== undefined) ??
  (newest.major === undefined ? undefined : 'major')

/**
 * The newest version of each level that Flux would choose in every place with a marker. What a policy orders by itself has no
 * levels, and moves as far as the policy says.
 */
function newestFor(pin: Pin, tags: readonly string[], rules: ImageRules): Newest {
  const policies = [...new Set(pin.places.map(({ policy }) => policy))]
  const [first] = policies.filter((policy) => policy !== undefined)
  const edits = pin.places.flatMap((place) => place.edits)
  const allowed = tags.filter(
    (tag) => policies.every((policy) => rules.isAllowed(policy, tag)) && edits.every(({ takes }) => takes(tag)),
  )
  const ordered = rules.newest(first, pin.version, allowed)
  if (ordered) return ordered.tag === undefined ? {} : { patch: ordered.tag }
  const read = (tag: string): Version | undefined => {
    const version = (pin.kind === 'image' ? versionOfImage : versionOfChart)(rules.versionIn(first, tag))
    return version && { ...version, text: tag }
  }
  const current = read(pin.version)
  if (!current) return {}
  const offered = allowed.flatMap((tag): Version[] => [read(tag)].flatMap((version) => version ?? []))
  return mapped(newestOf(current, offered), (text) => asPinned(pin, current, text))
}

/** Asks for the new digests of pins that have a digest. One without an answer is not proposed. */
async function withDigests(outdated: readonly Outdated[]): Promise<Pick<Overview, 'outdated' | 'notAnswered'>> {
  const notAnswered: NotAnswered[] = []
  const inTurn = pLimit(AT_ONCE)
  const asked = outdated.map((one) =>
    inTurn(async (): Promise<Outdated> => {
      const { pin, to, isProposed } = one
      if (!isProposed || pin.origin.kind === 'index' || !pin.places.some(({ hasDigest }) => hasDigest)) return one
      const reference = `${pin.origin.repository}:${tagOf(to)}`
      try {
        return { ...one, digest: await digestOf(reference, pin.origin.isPlain) }
      } catch (cause) {
        if (!(cause instanceof Failure)) throw cause
        notAnswered.push({ asked: `digest of ${reference}`, reason: withoutCredentials(cause.message), pins: [pin] })
        return { ...one, isProposed: false }
      }
    }),
  )
  return { outdated: await Promise.all(asked), notAnswered }
}

/** A lock has the version that something else names, so it cannot move alone. */
export const isOnlyLocked = ({ places }: Pin): boolean => places.every(({ isLock }) => isLock)

const mapped = (newest: Newest, change: (text: string) => string): Newest =>
  Object.fromEntries(Object.entries(newest).map(([level, text]) => [level, change(text)]))

/** Helm finds a version of an index with or without `v`, so what people write stays. */
const asPinned = ({ origin }: Pin, { hasPrefix }: Version, text: string): string =>
  origin.kind === 'index' ? `${hasPrefix ? 'v' : ''}${text.replace(/^v/, '')}` : text

/** The moves that are proposed. */
export const movesOf = (outdated: readonly Outdated[]): Move[] =>
  outdated.filter(({ isProposed }) => isProposed).map(({ pin, to, digest }) => ({ pin, to, digest }))

/** Why a proposed move is not written: Helm does not render it with the values of a release. */
export const obstaclesTo = ({ changes, obstacle }: Outdated): string[] =>
  [obstacle, ...changes.map(({ problem }) => problem)].flatMap((one) => one ?? [])

/** What may be written: what is proposed, and has no obstacle, nor has anything that moves with it. */
export const applicableOf = (outdated: readonly Outdated[]): Outdated[] =>
  allOrNone(outdated, (one) => one.isProposed && obstaclesTo(one).length === 0).flatMap(([one, isMoved]) =>
    isMoved ? [one] : [],
  )

/** With whether a condition holds for it, and for all that moves with it. */
function allOrNone(
  outdated: readonly Outdated[],
  holds: (one: Outdated) => boolean,
): (readonly [one: Outdated, isMoved: boolean])[] {
  const held = new Set(outdated.filter(holds).map(({ pin }) => pin))
  const jointWith = jointly(outdated.map(({ pin }) => pin))
  return outdated.map((one) => [one, jointWith(one.pin).every((pin) => held.has(pin))] as const)
}
