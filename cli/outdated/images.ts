import { basename } from 'node:path'
import { API_VERSION } from '../../functions/lib/framework/config.ts'
import {
  formatReference,
  hasPlaceholder,
  type ImageReference,
  InvalidReference,
  parseReference,
} from '../../functions/lib/kubernetes/image-reference.ts'
import { type Fields, formatPath, isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { LOCK_SECTIONS } from '../lock/lock-file.ts'
import type { Found } from './charts.ts'
import { editOf } from './edits.ts'
import { policyBehind } from './image-policies.ts'
import type { Edit, NotCompared, Pin, Place } from './pin.ts'
import { keyAt, objectOf, type SourceDocument, scalarAt } from './source-files.ts'
import { tagOf, versionOfImage } from './versions.ts'

type Path = readonly (string | number)[]

/** An image in a place of a file. */
interface ImagePlace {
  name: string
  tag: string
  place: Place
}

/** The images that a tree pins by a version: in manifests, values, kustomizations, and the locks of policies. */
export function imagesIn(documents: readonly SourceDocument[]): Found {
  const places = documents.flatMap(placesIn).filter(({ name, tag }) => !hasPlaceholder(`${name}${tag}`))
  const isVersion = ({ tag }: ImagePlace): boolean => versionOfImage(tag) !== undefined
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
  const { file, fields } = document
  if (/^kustomization\.ya?ml$/i.test(basename(file)) || basename(file) === 'Kustomization')
    return inKustomization(document)
  const object = objectOf(document)
  if (fields.apiVersion === API_VERSION) return inLock(document)
  if (!object || object.kind === 'CustomResourceDefinition') return []
  return inTree(document, fields, [])
}

/** Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
function inKustomization(document: SourceDocument): ImagePlace[] {
  const images = Array.isArray(document.fields.images) ? document.fields.images : []
  return images.flatMap((image, index) => {
    if (!isFields(image)) return []
    const name = image.newName ?? image.name
    const path = ['images', index, 'newTag']
    return typeof name === 'string' ? atTag(document, name, path, ['images', index, 'digest']) : []
  })
}

/** Images anywhere in an object: `image: name:tag`, or `repository` next to `tag`, as values of charts and operators have it. */
function inTree(document: SourceDocument, node: unknown, path: Path): ImagePlace[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => inTree(document, item, [...path, index]))
  if (!isFields(node)) return []
  const own = [...inReference(document, node, path), ...inParts(document, node, path)]
  return [...own, ...Object.entries(node).flatMap(([key, value]) => inTree(document, value, [...path, key]))]
}

function inReference(document: SourceDocument, { image }: Fields, path: Path): ImagePlace[] {
  const reference = typeof image === 'string' && !hasPlaceholder(image) ? parseReference(image) : undefined
  if (!reference || reference instanceof InvalidReference || reference.tag === undefined) return []
  const at = [...path, 'image']
  const scalar = scalarAt(document, at)
  if (!scalar) return []
  const edits = [editOf(scalar, document.text, (tag, digest) => moved(reference, tag, digest))]
  const hasDigest = reference.digest !== undefined
  return [
    { name: reference.name, tag: reference.tag, place: placeAt(document, at, edits, hasDigest, policyBehind(scalar)) },
  ]
}

const moved = (reference: ImageReference, tag: string, digest: string | undefined): string =>
  formatReference({ ...reference, tag, ...(reference.digest !== undefined && digest !== undefined && { digest }) })

function inParts(document: SourceDocument, { registry, repository }: Fields, path: Path): ImagePlace[] {
  if (typeof repository !== 'string') return []
  const name = typeof registry === 'string' && registry !== '' ? `${registry}/${repository}` : repository
  return atTag(document, name, [...path, 'tag'], [...path, 'digest'])
}

/** A field with a tag, which may have a digest behind it, or next to it. */
function atTag(document: SourceDocument, name: string, path: Path, digestPath: Path): ImagePlace[] {
  const scalar = scalarAt(document, path)
  const [start = 0, end = 0] = scalar?.range ?? []
  const written = typeof scalar?.value === 'string' ? scalar.value : document.text.slice(start, end)
  const [tag = '', own] = written.split('@')
  if (!scalar || tag === '' || parseReference(name) instanceof InvalidReference) return []
  const digest = scalarAt(document, digestPath)
  const hasOther = typeof digest?.value === 'string' && digest.value.startsWith('sha256:')
  const edits = [
    editOf(scalar, document.text, (to, now) => (own === undefined ? to : `${to}@${now ?? own}`)),
    ...(digest && hasOther ? [editOf(digest, document.text, (_, now) => now ?? String(digest.value))] : []),
  ]
  return [{ name, tag, place: placeAt(document, path, edits, own !== undefined || hasOther, policyBehind(scalar)) }]
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
        editOf(scalar, document.text, (tag) => formatReference({ ...reference, tag: tagOf(tag) })),
        ...(digest ? [editOf(digest, document.text, (_, now) => now ?? String(digest.value))] : []),
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

const placeAt = (
  document: SourceDocument,
  path: Path,
  edits: readonly Edit[],
  hasDigest: boolean,
  policy: string | undefined,
): Place => ({
  document,
  field: formatPath(path),
  line: document.lineOf(edits[0]?.start ?? 0),
  edits,
  hasDigest,
  isLock: document.fields.apiVersion === API_VERSION,
  policy,
})
