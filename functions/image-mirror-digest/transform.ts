/**
 * Images run from the mirror, and by digest.
 *
 * Changes: every image reference of every pod spec (containers, initContainers, ephemeralContainers, image volumes) and
 * of the places outside pod specs that places/ knows and `places` adds. The name goes to the mirror of its longest
 * prefix in `mirrors`, unless a prefix in `internal` is longer; the digest comes from the lock, `digests`.
 * Refuses: a reference that does not parse; one whose digest differs from the lock's; one that would have no digest and
 * is not named in `allowTag`; a lock that contradicts itself.
 * Warns: of strings elsewhere that look like an image (`audit`), and of lock entries that nothing used.
 * The network is never asked: what a tag means today is for whoever writes the lock.
 */
import { setExceptions } from '../lib/framework/exceptions.ts'
import { error, type Finding } from '../lib/framework/finding.ts'
import { formatPath, type KubernetesObject } from '../lib/kubernetes/objects.ts'
import { Audit } from './audit/audit.ts'
import type { ImageMirrorDigestSpec } from './config.ts'
import { Policy } from './decide/decide.ts'
import { Places } from './places/find.ts'
import type { ImageAt } from './places/image-at.ts'
import { keepVersion } from './places/joined-images.ts'
import { copies, remarks, settledTexts, unusedExceptions } from './report.ts'

export async function transform(objects: KubernetesObject[], spec: ImageMirrorDigestSpec): Promise<Finding[]> {
  const places = new Places(spec.places)
  const policy = new Policy(spec)
  const findings: Finding[] = []
  const left: string[] = []
  for (const object of objects) {
    const reasons: string[] = []
    for (const item of await places.imagesOf(object)) {
      if ('severity' in item) {
        findings.push(item)
        continue
      }
      const decision = policy.decide(item.text)
      findings.push(...remarks(decision, item))
      if (decision.outcome !== 'refused' && decision.reason !== undefined) reasons.push(decision.reason)
      const obstacle = decision.outcome === 'settled' ? await item.write(decision.image) : undefined
      if (obstacle === undefined) continue
      findings.push(cannotWrite(obstacle, item))
      left.push(item.text)
    }
    keepVersion(object)
    setExceptions(object, 'image-mirror-digest', reasons)
  }
  return [
    ...copies(policy.decisions),
    ...findings,
    ...(spec.audit ? audit(objects, spec, policy, left) : []),
    ...policy.lock.findings(spec),
    ...unusedExceptions(spec, policy),
  ]
}

const cannotWrite = (obstacle: string, { object, path, text }: ImageAt): Finding =>
  error(obstacle, { object, field: { path: formatPath(path), currentValue: text } })

/** `left` are the references that had to stay, of which an error speaks already. */
function audit(
  objects: readonly KubernetesObject[],
  spec: ImageMirrorDigestSpec,
  policy: Policy,
  left: readonly string[],
): Finding[] {
  const settled = new Set([...settledTexts(policy.decisions), ...left])
  const auditor = new Audit(spec)
  return objects.flatMap((object) => auditor.findingsOf(object, policy.mirrors, settled))
}
