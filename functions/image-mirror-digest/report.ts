import { didYouMean } from '../lib/framework/did-you-mean.ts'
import { error, type Finding, info, warning } from '../lib/framework/finding.ts'
import { formatReference, type ImageReference } from '../lib/kubernetes/image-reference.ts'
import { formatPath } from '../lib/kubernetes/objects.ts'
import type { ImageMirrorDigestSpec } from './config.ts'
import type { Policy } from './decide/decide.ts'
import type { Decision } from './decide/decision.ts'
import type { ImageAt } from './places/image-at.ts'

/** What is to be said of one image in its place: errors, exceptions that it makes use of, and what is out of reach. */
export function remarks(decision: Decision, { object, path, text }: ImageAt): Finding[] {
  const at = () => ({ object, field: { path: formatPath(path), currentValue: text } })
  if (decision.outcome === 'refused') return [error(decision.problem, at())]
  if (decision.outcome === 'placeholder') {
    const found = `found ${text}, which is filled in later, so it is neither mirrored nor pinned`
    return decision.reason === undefined
      ? [warning(`${found}; write the image out, or except it in allowTag with a reason`, at())]
      : [info(`${found}: ${decision.reason}`, at())]
  }
  const image = formatReference(decision.image)
  return [
    ...(decision.reason === undefined ? [] : [info(`${image} runs by its tag: ${decision.reason}`, at())]),
    ...(decision.isPlaced
      ? []
      : [
          warning(
            `${image} is pulled from its source: no prefix of mirrors matches; add one, or list its prefix under internal`,
            at(),
          ),
        ]),
  ]
}

/** One finding per image that is mirrored, so that a mirror job can copy exactly these: source, target and digest are tags. */
export function copies(decisions: ReadonlyMap<string, Decision>): Finding[] {
  const findings = [...decisions.values()].flatMap((decision) =>
    decision.outcome === 'settled' && decision.source ? copyOf(decision.source, decision.image) : [],
  )
  const byMessage = new Map(findings.map((finding) => [finding.message, finding]))
  return [...byMessage].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding)
}

function copyOf({ name, tag, digest }: ImageReference, target: ImageReference): Finding {
  const source = formatReference({ name, tag })
  return info(`${source} is mirrored as ${formatReference(target)}`, {
    tags: {
      source,
      target: formatReference({ ...target, digest: undefined }),
      ...(digest !== undefined && { digest }),
    },
  })
}

/** The references as they now stand, and their names, which may stand in a field of their own. */
export function settledTexts(decisions: ReadonlyMap<string, Decision>): string[] {
  return [...decisions].flatMap(([text, decision]) =>
    decision.outcome === 'settled' ? [formatReference(decision.image), decision.image.name] : text,
  )
}

export function unusedExceptions({ unusedLock }: ImageMirrorDigestSpec, policy: Policy): Finding[] {
  const unused = policy.unusedExceptions.map((key) => `${key}${didYouMean(key, policy.lock.keys)}`)
  if (unused.length === 0 || unusedLock === 'ignore') return []
  return [
    warning(`allowTag: nothing in the build runs ${unused.join(', ')} without a digest; take unused exceptions out`),
  ]
}
