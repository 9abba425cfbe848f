/**
 * Images run from the mirror, and by digest.
 *
 * Changes: every image reference of every pod spec (containers, initContainers, ephemeralContainers, image volumes) and of
 * the places outside pod specs that places/ knows and `places` adds. The name goes to the mirror of its longest prefix in
 * `mirrors`, unless a prefix in `internal` is longer; the digest comes from the lock, `digests`. Pods that pull from a
 * mirror, or their service accounts, get the pull secrets of `imagePullSecrets`. An OCIRepository with a chart is pulled and
 * pinned in the same way, with the digest next to the tag.
 * Refuses: a reference that does not parse; one whose digest differs from the lock's; one that would have no digest, or
 * has a placeholder, and is not named in `allowTag`; a lock that contradicts itself.
 * Warns: of strings elsewhere that look like an image (`audit`), and of lock entries that nothing used.
 * It never asks the network: the lock says which digest a tag means.
 */
import { chartSourcesOf } from '../lib/charts/source.ts'
import { setExceptions } from '../lib/framework/exceptions.ts'
import type { Finding } from '../lib/framework/finding.ts'
import type { Shared } from '../lib/framework/shared.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import { Audit } from './audit/audit.ts'
import type { ImageMirrorDigestSpec } from './config.ts'
import { Decisions } from './decide/decide.ts'
import type { Decision } from './decide/decision.ts'
import { copies, decidedTexts, remarks, unusedExceptions } from './decide/report.ts'
import { findings } from './findings.ts'
import { Places } from './places/find.ts'
import { detailsOf, type ImageAt, type Obstacle } from './places/image-at.ts'
import { keepVersion } from './places/joined-images.ts'
import { chartRepository, misdirected } from './places/sources.ts'
import { addPullSecrets } from './pull-secrets/pull-secrets.ts'

export async function transform(
  objects: KubernetesObject[],
  spec: ImageMirrorDigestSpec,
  name: string,
  shared: Shared,
): Promise<Finding[]> {
  const sources = chartSourcesOf(shared)
  const places = new Places(spec.places)
  const decisions = new Decisions(spec)
  const found: Finding[] = []
  const left: string[] = []
  const mirrored = new Set<KubernetesObject>()
  for (const object of objects) {
    const reasons: string[] = []
    found.push(...chartRepository(object, (url) => decisions.allowedTags.reasonForText(url)))
    for (const image of await places.imagesOf(object, sources)) {
      if ('severity' in image) {
        found.push(image)
        continue
      }
      const decision = decisions.decide(image.text)
      found.push(...remarks(decision, image))
      if (decision.outcome === 'resolved') found.push(...misdirected(object, decision.source))
      reasons.push(...reasonsOf(decision))
      if (isMirrored(decision)) mirrored.add(object)
      const obstacle = await write(decision, image)
      if (obstacle === undefined) continue
      found.push(obstacle(detailsOf(image)))
      left.push(image.text)
    }
    keepVersion(object)
    setExceptions(object, name, reasons)
  }
  found.push(...addPullSecrets(objects, spec, mirrored))
  return [
    ...copies(decisions.all),
    ...found,
    ...(spec.audit ? audit(objects, spec, decisions, left) : []),
    ...decisions.lock.findings(spec),
    ...unusedExceptions(spec, decisions),
  ]
}

function reasonsOf(decision: Decision): string[] {
  if (decision.outcome === 'refused') return []
  return [decision.reason, ...(decision.outcome === 'placeholder' ? [decision.default?.image.reason] : [])].filter(
    (reason) => reason !== undefined,
  )
}

const isMirrored = (decision: Decision): boolean =>
  decision.outcome === 'resolved'
    ? decision.source !== undefined
    : decision.outcome === 'placeholder' && decision.default?.image.source !== undefined

/** Writes the image as it was decided; answers why it could not. */
function write(decision: Decision, image: ImageAt): Obstacle | Promise<Obstacle> {
  if (decision.outcome === 'resolved') return image.write(decision.image)
  if (decision.outcome === 'refused' || decision.default === undefined) return undefined
  const { text } = decision.default
  if (text === image.text) return undefined
  return image.writeText ? image.writeText(text) : (details) => findings['placeholder-in-parts'](details, image.text)
}

/** `left` are the references that had to stay, which errors report already. */
function audit(
  objects: readonly KubernetesObject[],
  spec: ImageMirrorDigestSpec,
  decisions: Decisions,
  left: readonly string[],
): Finding[] {
  const decided = new Set([...decidedTexts(decisions.all), ...left])
  const auditor = new Audit(spec)
  return objects.flatMap((object) => auditor.findingsOf(object, decisions.mirrors, decided))
}
