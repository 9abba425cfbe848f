import { isPair, isScalar, visit } from 'yaml'
import { API_VERSION } from '../../functions/lib/framework/config.ts'
import {
  formatReference,
  hasPlaceholder,
  InvalidReference,
  parseReference,
} from '../../functions/lib/kubernetes/image-reference.ts'
import { type Fields, isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { markerOf } from '../checks/image-policies.ts'
import { LOCK_SECTIONS } from '../lock/lock-file.ts'
import type { Found } from './charts.ts'
import { editOf } from './edits.ts'
import { type ImagePlace, ofReference, ofTag, placeAt } from './image-place.ts'
import type { ImageRules } from './image-policies.ts'
import { inReplacements } from './image-replacements.ts'
import type { Edit, NotCompared, Pin } from './pin.ts'
import { isKustomization, keyAt, objectOf, type Path, type SourceDocument, scalarAt } from './source-files.ts'
import { valuesIn } from './values-of-charts.ts'
import { tagOf, versionOfImage } from './versions.ts'

/** The images that a tree pins by a version: in manifests, values, kustomizations, marked fields, and the locks of policies. */
export function imagesIn(documents: readonly SourceDocument[], rules: ImageRules): Found {
  const values = valuesIn(documents)
  const known = [...documents.flatMap(placesIn), ...values.flatMap(inValues)]
  const starts = new Set(
    known.flatMap(({ place }) => place.edits.map(({ start }) => `${place.document.file} ${start}`)),
  )
  const replaced = inReplacements(documents)
  const isNew = ({ place }: ImagePlace): boolean => !starts.has(`${place.document.file} ${place.edits[0]?.start}`)
  const marked = documents.flatMap((document) => markedIn(document, rules)).filter(isNew)
  const places = [...known, ...replaced.filter(isNew), ...marked].filter(
    ({ name, tag }) => !hasPlaceholder(`${name}${tag}`),
  )
  const isVersion = ({ tag, place }: ImagePlace): boolean =>
    versionOfImage(tag) !== undefined || rules.orders(place.policy, tag)
  return {
    pins: places.filter(isVersion).map(pinOf),
    notCompared: places.filter((one) => !isVersion(one)).map(notCompared),
  }
}

const pinOf = ({ name, tag, place }: ImagePlace): Pin => ({
  kind: 'image',
  name,
  origin: { kind: 'registry', repository: name, isPlain: false },
  version: tag,
  places: [place],
  releases: [],
})

const notCompared = ({ name, tag, place }: ImagePlace): NotCompared => ({
  file: place.document.file,
  line: place.line,
  found: `${name}:${tag}`,
  why: 'no semantic version',
})

function placesIn(document: SourceDocument): ImagePlace[] {
  const { fields } = document
  if (isKustomization(document)) return inTree(document, fields, [])
  if (fields.apiVersion === API_VERSION) return inLock(document)
  const object = objectOf(document)
  return object && object.kind !== 'CustomResourceDefinition' ? inTree(document, fields, []) : []
}

const inValues = (document: SourceDocument): ImagePlace[] => inTree(document, document.fields, [])

/** Fields that a marker of Flux's image automation names, and that are in no other form. */
function markedIn(document: SourceDocument, rules: ImageRules): ImagePlace[] {
  if (!document.text.includes('$imagepolicy') || isOfPolicies(document)) return []
  const found: ImagePlace[] = []
  visit(document.document, {
    Scalar(_, scalar, ancestors) {
      const marker = markerOf(scalar.comment ?? '')
      const image = marker && rules.imageOf(marker.policy)
      if (!marker || image === undefined) return
      const path = ancestors.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []))
      if (marker.part === 'tag') {
        // The tag of an OCIRepository is that of a chart or another artifact.
        if (document.fields.kind !== 'OCIRepository') found.push(...ofTag(document, image, scalar, path))
      } else if (marker.part === undefined) found.push(...ofReference(document, scalar, path))
    },
  })
  return found
}

const isOfPolicies = ({ fields }: SourceDocument): boolean => fields.apiVersion === API_VERSION

/** Images anywhere in an object: `image: name:tag`, or `repository` next to `tag`, as values of charts and operators have it. */
function inTree(document: SourceDocument, node: unknown, path: Path): ImagePlace[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => inTree(document, item, [...path, index]))
  if (!isFields(node)) return []
  const own = [
    ...inReference(document, node, path),
    ...inParts(document, node, path),
    ...inNewTag(document, node, path),
  ]
  return [...own, ...Object.entries(node).flatMap(([key, value]) => inTree(document, value, [...path, key]))]
}

function inReference(document: SourceDocument, { image }: Fields, path: Path): ImagePlace[] {
  const at = [...path, 'image']
  const scalar = typeof image === 'string' ? scalarAt(document, at) : undefined
  return scalar ? ofReference(document, scalar, at) : []
}

function inParts(document: SourceDocument, { registry, repository }: Fields, path: Path): ImagePlace[] {
  if (typeof repository !== 'string') return []
  const name = typeof registry === 'string' && registry !== '' ? `${registry}/${repository}` : repository
  return atTag(document, name, [...path, 'tag'], [...path, 'digest'])
}

/** As kustomizations have it, those of Flux and post-renderers too. Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
function inNewTag(document: SourceDocument, { name, newName, newTag }: Fields, path: Path): ImagePlace[] {
  const image = newName ?? name
  return typeof image === 'string' && newTag !== undefined
    ? atTag(document, image, [...path, 'newTag'], [...path, 'digest'])
    : []
}

const atTag = (document: SourceDocument, name: string, path: Path, digestPath: Path): ImagePlace[] => {
  const scalar = scalarAt(document, path)
  return scalar ? ofTag(document, name, scalar, path, scalarAt(document, digestPath)) : []
}

/** The keys of a policy's lock, and of what may run without a digest. */
function inLock(document: SourceDocument): ImagePlace[] {
  const section = LOCK_SECTIONS[String(document.fields.kind)]
  if (!section) return []
  return ['digests', 'allowTag'].flatMap((map) => {
    const path = [...section, map]
    const entries = valueAt(document.fields, path)
    return Object.keys(isFields(entries) ? entries : {}).flatMap((key) => {
      const reference = parseReference(key)
      const scalar = keyAt(document, path, key)
      if (!scalar || reference instanceof InvalidReference || reference.tag === undefined) return []
      const digest = map === 'digests' ? scalarAt(document, [...path, key]) : undefined
      const edits: Edit[] = [
        editOf(scalar, document, (tag) => formatReference({ ...reference, tag: tagOf(tag) })),
        ...(digest ? [editOf(digest, document, (_, now) => now ?? String(digest.value))] : []),
      ]
      return [
        {
          name: reference.name,
          tag: reference.tag,
          place: placeAt(document, [...path, key], edits, digest !== undefined, undefined),
        },
      ]
    })
  })
}
