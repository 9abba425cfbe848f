import { isPair, isScalar, visit } from 'yaml'
import { API_VERSION } from '../../../functions/lib/framework/config.ts'
import {
  formatReference,
  hasPlaceholder,
  InvalidReference,
  parseReference,
} from '../../../functions/lib/kubernetes/image-reference.ts'
import {
  type FieldPath,
  type Fields,
  formatPath,
  isFields,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { markerOf } from '../../checks/image-policies.ts'
import { LOCK_SECTIONS } from '../../lock/lock-file.ts'
import { A_DIGEST, A_VARIABLE, type NotCompared, namedAt } from '../tree/not-compared.ts'
import { contentOf, type Patch, patchedBy, patchesOf } from '../tree/patches.ts'
import type { InFile } from '../tree/pieces.ts'
import { isResourceSet, madeIn } from '../tree/resource-sets/resource-sets.ts'
import { isKustomization, keyAt, objectOf, type SourceDocument, scalarAt } from '../tree/source-files.ts'
import type { Variables } from '../tree/variables.ts'
import type { WrittenValue } from '../tree/written-value.ts'
import { tagOf, versionOfImage } from '../versions/versions.ts'
import type { Found, Tree } from './charts.ts'
import { editOf } from './edits.ts'
import { type ImageFound, type ImagePlace, ofReference, ofTag, placeAt } from './image-place.ts'
import type { ImageRules } from './image-policies.ts'
import { inReplacements } from './image-replacements.ts'
import { editKey, placeKey } from './joint.ts'
import type { Edit, Pin } from './pin.ts'
import { valuesIn } from './values-of-charts.ts'

/** The images that a tree pins by a version: in manifests, values, kustomizations, patches, marked fields, and the locks of policies. */
export function imagesIn(tree: Tree, rules: ImageRules): Found {
  const { documents, variables } = tree
  const patches = documents.flatMap(patchesOf)
  const files = new Set(patches.map(({ file }) => file))
  const own = documents.filter(({ file }) => !files.has(file))
  const known = [
    ...own.flatMap((document) => placesIn(document, variables)),
    ...madeIn(documents).flatMap(({ object, ...at }) =>
      inTree({ ...at, whole: () => undefined, variables }, object, []),
    ),
    ...valuesIn(documents).flatMap((document) => inTree(fieldsOf(document, variables), document.fields, [])),
    ...inPatches(patches, { ...tree, documents: own }),
  ]
  const starts = new Set(
    known.flatMap((one) => ('place' in one ? one.place.edits.map((edit) => editKey(one.place, edit)) : [])),
  )
  const isNew = (one: ImageFound): boolean => !('place' in one) || !starts.has(placeKey(one.place))
  const marked = documents.flatMap((document) => markedIn(document, rules))
  const all = [...known, ...[...inReplacements(tree), ...marked].filter(isNew)]
  const places = all.flatMap((one) => ('place' in one && !hasPlaceholder(`${one.name}${one.tag}`) ? [one] : []))
  const isVersion = ({ tag, place }: ImagePlace): boolean =>
    versionOfImage(tag) !== undefined || rules.orders(place.policy, tag)
  return {
    pins: places.filter(isVersion).map(pinOf),
    notCompared: [
      ...places.filter((one) => !isVersion(one)).map(notCompared),
      ...all.flatMap((one) => ('why' in one ? [one] : [])),
    ],
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

/** Where the fields of a document or patch are written. */
interface Fieldset {
  document: SourceDocument
  at(path: FieldPath): WrittenValue | undefined
  /** What the object has at a path of which a patch sets a part. */
  whole(path: FieldPath): unknown
  variables: Variables
}

const fieldsOf = (document: SourceDocument, variables: Variables): Fieldset => ({
  document,
  at: (path) => scalarAt(document, path),
  whole: () => undefined,
  variables,
})

function placesIn(document: SourceDocument, variables: Variables): ImageFound[] {
  const { fields } = document
  if (isKustomization(document)) return inTree(fieldsOf(document, variables), fields, [])
  if (fields.apiVersion === API_VERSION) return inLock(document)
  const object = objectOf(document)
  // What it makes is read object by object.
  if (object && isResourceSet(object))
    return inTree(fieldsOf(document, variables), valueAt(fields, ['spec', 'inputs']), ['spec', 'inputs'])
  return object && object.kind !== 'CustomResourceDefinition' ? inTree(fieldsOf(document, variables), fields, []) : []
}

/** What patches set, whose names are often only in what they patch. */
function inPatches(patches: readonly Patch[], { documents, builds, variables }: Tree): ImageFound[] {
  if (patches.length === 0) return []
  const objects = documents.flatMap((document) => {
    const object = objectOf(document)
    return object ? [{ document, object }] : []
  })
  return patches.flatMap((patch) => {
    const { object, at } = contentOf(patch)
    if (!object) return []
    const bases = patchedBy(patch, object, objects, builds)
    const whole = (path: FieldPath): unknown => bases.map((base) => valueAt(base, path)).find(isFields)
    return inTree({ document: patch.document, at, whole, variables }, object, [])
  })
}

/** Fields that a marker of Flux's image automation names, and that are in no other form. */
function markedIn(document: SourceDocument, rules: ImageRules): ImageFound[] {
  if (!document.text.includes('$imagepolicy') || isOfPolicies(document)) return []
  const found: ImageFound[] = []
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
function inTree(fields: Fieldset, node: unknown, path: FieldPath): ImageFound[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => inTree(fields, item, [...path, index]))
  if (!isFields(node)) return []
  const own = [...inReference(fields, node, path), ...inParts(fields, node, path), ...inNewTag(fields, node, path)]
  return [...own, ...Object.entries(node).flatMap(([key, value]) => inTree(fields, value, [...path, key]))]
}

function inReference(fields: Fieldset, { image }: Fields, path: FieldPath): ImageFound[] {
  const at = [...path, 'image']
  const value = typeof image === 'string' ? fields.at(at) : undefined
  return value ? decidedBy(fields, value, (one) => ofReference(one.document, one.value, at)) : []
}

/** Once for each place that decides the value, which a variable may have elsewhere. */
function decidedBy(
  { document, variables }: Fieldset,
  value: WrittenValue,
  read: (one: InFile) => readonly ImageFound[],
): ImageFound[] {
  const decided = variables.decide(document, value)
  if (decided.length === 0) return [namedAt(document, value, A_VARIABLE)]
  return decided.flatMap(read)
}

function inParts(fields: Fieldset, node: Fields, path: FieldPath): ImageFound[] {
  if (node.tag === undefined) return []
  const base = fields.whole(path)
  const { registry, repository }: Fields = { ...(isFields(base) && base), ...node }
  if (typeof repository !== 'string') return withoutName(fields, path)
  const name = typeof registry === 'string' && registry !== '' ? `${registry}/${repository}` : repository
  return atTag(fields, name, [...path, 'tag'], [...path, 'digest'])
}

/** The tag of an image that a chart names. */
function withoutName({ document, at }: Fieldset, path: FieldPath): NotCompared[] {
  const value = path.includes('values') && /image$/i.test(String(path.at(-1))) ? at([...path, 'tag']) : undefined
  return value?.value ? [namedAt(document, value, 'the name of its image is a default of the chart')] : []
}

/** As kustomizations have it, those of Flux and post-renderers too. Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
function inNewTag(fields: Fieldset, { name, newName, newTag, digest }: Fields, path: FieldPath): ImageFound[] {
  const image = newName ?? name
  if (typeof image !== 'string') return []
  if (newTag !== undefined) return atTag(fields, image, [...path, 'newTag'], [...path, 'digest'])
  const value = path.at(-2) === 'images' && typeof digest === 'string' ? fields.at([...path, 'digest']) : undefined
  return value ? [namedAt(fields.document, value, A_DIGEST)] : []
}

function atTag(fields: Fieldset, name: string, path: FieldPath, digestPath: FieldPath): ImageFound[] {
  const value = fields.at(path)
  if (!value) return []
  if (hasPlaceholder(name)) return [namedAt(fields.document, { ...value, value: `${name}:${value.value}` }, A_VARIABLE)]
  const digest = fields.at(digestPath)
  return decidedBy(fields, value, (one) =>
    one.value !== value && digest
      ? [namedAt(fields.document, value, A_VARIABLE)]
      : ofTag(one.document, name, one.value, path, digest),
  )
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
          place: placeAt(document, formatPath([...path, key]), edits, digest !== undefined, undefined),
        },
      ]
    })
  })
}
