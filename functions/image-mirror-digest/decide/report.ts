import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { familiarName, formatReference, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import { findings } from '../findings.ts'
import { detailsOf, type ImageAt } from '../places/image-at.ts'
import type { Decisions } from './decide.ts'
import type { Decision, Resolved } from './decision.ts'

/** The findings about one image in its place: errors, exceptions that it needs, and names that no prefix matches. */
export function remarks(decision: Decision, image: ImageAt): Finding[] {
  const details = detailsOf(image)
  if (decision.outcome === 'refused') return [decision.problem(details)]
  if (decision.outcome === 'placeholder')
    return [
      findings['placeholder-allowed'](details, image.text, decision.reason),
      ...(decision.default && !decision.default.image.isCovered
        ? [findings['no-mirror'](details, formatReference(decision.default.image.image))]
        : []),
    ]
  const text = formatReference(decision.image)
  return [
    ...(decision.reason === undefined ? [] : [findings['runs-by-tag'](details, text, decision.reason)]),
    ...(decision.isCovered ? [] : [findings['no-mirror'](details, text)]),
  ]
}

/** One finding for each image that is mirrored, so that a mirror job can copy exactly these: its tags say what and where. */
export function copies(decisions: ReadonlyMap<string, Decision>): Finding[] {
  const found = resolvedIn(decisions).flatMap(({ source, image }) => (source ? copyOf(source, image) : []))
  const byMessage = new Map(found.map((finding) => [finding.message, finding]))
  return [...byMessage].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding)
}

function copyOf({ name, tag, digest }: ImageReference, target: ImageReference): Finding {
  const source = formatReference({ name: familiarName(name), tag })
  const tags = {
    source,
    target: formatReference({ ...target, digest: undefined }),
    ...(digest !== undefined && { digest }),
  }
  return findings.mirrored({ tags }, source, formatReference(target))
}

/** The images that run: those that are written, and the defaults of placeholders. */
const resolvedIn = (decisions: ReadonlyMap<string, Decision>): Resolved[] =>
  [...decisions.values()].flatMap((decision) => {
    if (decision.outcome === 'resolved') return decision
    return decision.outcome === 'placeholder' ? (decision.default?.image ?? []) : []
  })

/** The texts that the audit need not look at: references as they are written now, and names, which may have a field of their own. */
export function decidedTexts(decisions: ReadonlyMap<string, Decision>): string[] {
  return [
    ...resolvedIn(decisions).flatMap(({ image }) => [formatReference(image), image.name]),
    ...[...decisions].flatMap(([text, { outcome }]) => (outcome === 'resolved' ? [] : text)),
  ]
}

export function unusedExceptions({ unusedLock }: ImageMirrorDigestSpec, { allowedTags, lock }: Decisions): Finding[] {
  const unused = allowedTags.unused.map((key) => `${key}${didYouMean(key, lock.keys)}`)
  if (unused.length === 0 || unusedLock === 'ignore') return []
  return [findings['exception-unused']({ field: { path: 'allowTag' } }, unused)]
}
