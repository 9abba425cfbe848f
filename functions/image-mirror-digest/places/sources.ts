import { type ChartSources, holdsChart, isHelmRepository, MIRRORED_CHART } from '../../lib/charts/source.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { canonicalName, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import {
  ensureFields,
  type Fields,
  isFields,
  type KubernetesObject,
  setMeta,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings.ts'
import type { ImageAt } from './image-at.ts'

const URL = ['spec', 'url'] as const

/** The name in a registry: `oci://quay.io/jetstack/charts/cert-manager` without what comes before the host. */
const nameOf = (url: string): string => url.replace(/^oci:\/\//, '').replace(/\/$/, '')

/**
 * The chart of an OCIRepository. Registries store charts like images, so mirrors and lock hold for them too. Its digest comes
 * from the lock of the chart, if that knows it. Undefined for any other object.
 * Source: https://fluxcd.io/flux/components/source/ocirepositories/#reference
 */
export function chartOf(object: KubernetesObject, sources: ChartSources): ImageAt | Finding | undefined {
  const [url, ref] = [valueAt(object, URL), valueAt(object, ['spec', 'ref'])]
  if (!holdsChart(object, sources) || typeof url !== 'string' || !url.startsWith('oci://')) return undefined
  const { tag, digest, semver } = isFields(ref) ? ref : ({} as Fields)
  const written = typeof digest === 'string' ? digest : undefined
  const locked = sources.get(object)
  if (written === undefined && typeof tag !== 'string')
    return findings['chart-not-pinned'](
      { object, field: { path: 'spec.ref' } },
      typeof semver === 'string' ? `semver ${semver}` : 'no tag',
    )
  if (written !== undefined && locked !== undefined && written !== locked)
    return findings['chart-digest']({ object, field: { path: 'spec.ref.digest' } }, written, locked)
  const pinned = locked ?? written
  return {
    object,
    path: URL,
    text: [nameOf(url), typeof tag === 'string' && `:${tag}`, pinned && `@${pinned}`].filter(Boolean).join(''),
    write: (image) => writeChart(object, image),
  }
}

/** The digest goes next to the tag: Flux knows no tag with a digest in it. */
function writeChart(object: KubernetesObject, { name, digest }: ImageReference): undefined {
  const spec = object.spec as Fields
  const url = String(spec.url)
  if (name !== nameOf(url)) {
    setMeta(object, 'annotations', MIRRORED_CHART, url)
    spec.url = `oci://${name}`
  }
  if (digest !== undefined) ensureFields(spec, 'ref').digest = digest
}

/**
 * Finds a URL that was edited after it was mirrored: the annotation would pass another chart off as the locked one. `source`
 * is what the URL mirrors by the policy.
 */
export function misdirected(object: KubernetesObject, source: ImageReference | undefined): Finding[] {
  const url = object.metadata.annotations?.[MIRRORED_CHART]
  if (url === undefined || (source && canonicalName(source.name) === canonicalName(nameOf(url)))) return []
  return [findings['chart-misdirected']({ object, field: { path: 'spec.url' } }, url)]
}

/** What there is to say about a repository of charts, which pins none of them. `reasonFor` knows the exceptions. */
export function chartRepository(object: KubernetesObject, reasonFor: (url: string) => string | undefined): Finding[] {
  const url = valueAt(object, URL)
  if (!isHelmRepository(object) || typeof url !== 'string') return []
  const details = { object, field: { path: 'spec.url', currentValue: url } }
  const reason = reasonFor(url)
  return [
    reason === undefined ? findings['chart-repository'](details, url) : findings['runs-by-tag'](details, url, reason),
  ]
}
