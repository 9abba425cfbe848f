import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { satisfies, valid } from 'semver'
import { isPair, isScalar, parseAllDocuments, visit } from 'yaml'
import { didYouMean } from '../../functions/lib/framework/did-you-mean.ts'
import type { Details, Finding } from '../../functions/lib/framework/finding.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { OPTIONS } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { sourceTree } from '../findings.ts'
import { readObjects } from '../read-objects.ts'
import { readKustomization } from '../tree/kustomization.ts'
import { type Check, type SourceFile, type SourceTree, sourceFile } from './source-tree.ts'

const GROUP = 'image.toolkit.fluxcd.io'

/** A version in a file, and the comment behind it that says which policy chooses it. */
interface MarkedVersion {
  file: SourceFile
  /** The object around it; a patch need not be one. */
  object: KubernetesObject | undefined
  field: string
  value: string
  comment: string
}

/**
 * The marker of each version names a policy of the tree, the policy would choose the version, and it watches the image that
 * the version is of. Kustomize drops comments, so only the source shows this.
 * Source: https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
 */
export const checkImagePolicies: Check = (tree) => {
  const marked = tree.files.flatMap(markedVersionsIn)
  const policies = policiesOf(tree)
  return [...marked.flatMap((one) => findingsOf(one, policies)), ...unmarked(tree, marked, policies)]
}

const MARKER = /^\s*(\{.*\$imagepolicy.*)$/
const NAMED = /^\{\s*"\$imagepolicy"\s*:\s*"([^":]+):([^":]+)(?::(tag|name|digest))?"\s*\}\s*$/

/** What a comment behind a field says of it. */
export interface Marker {
  /** As `namespace:name`. */
  policy: string
  /** What of the image the field holds: all of it unless this says less. */
  part: 'tag' | 'name' | 'digest' | undefined
}

/** The marker in a comment; undefined for any other comment. */
export function markerOf(comment: string): Marker | undefined {
  const [, namespace, name, part] = NAMED.exec(comment.trim()) ?? []
  return name === undefined ? undefined : { policy: `${namespace}:${name}`, part: part as Marker['part'] }
}

function markedVersionsIn(file: SourceFile): MarkedVersion[] {
  if (!file.text.includes('$imagepolicy')) return []
  const found: MarkedVersion[] = []
  for (const document of parseAllDocuments(file.text, OPTIONS)) {
    if ('empty' in document) continue
    const data: unknown = document.toJS()
    visit(document, {
      Scalar(_, node, path) {
        const [, comment] = MARKER.exec(node.comment ?? '') ?? []
        if (comment === undefined) return
        const keys = path.flatMap((parent) =>
          isPair(parent) && isScalar(parent.key) ? [String(parent.key.value)] : [],
        )
        const object = isFields(data) && isFields(data.metadata) ? (data as unknown as KubernetesObject) : undefined
        found.push({ file, object, field: keys.join('.'), value: String(node.value), comment: comment.trim() })
      },
    })
  }
  return found
}

/** A policy with the image that its ImageRepository watches; the namespace is '' if only the build would show it. */
interface Policy {
  namespace: string
  name: string
  range: string | undefined
  image: string | undefined
}

function policiesOf(tree: SourceTree): Policy[] {
  const here = policiesAmong(tree.objects)
  return here.length > 0 || tree.repository === undefined ? here : policiesAmong(imageObjectsBelow(tree.repository))
}

function policiesAmong(objects: readonly KubernetesObject[]): Policy[] {
  const repositories = objects.filter((object) => isKind(object, GROUP, 'ImageRepository'))
  return objects
    .filter((object) => isKind(object, GROUP, 'ImagePolicy'))
    .map((policy) => {
      const { namespace = '', name } = policy.metadata
      const reference = valueAt(policy, ['spec', 'imageRepositoryRef', 'name'])
      const from = valueAt(policy, ['spec', 'imageRepositoryRef', 'namespace']) ?? namespace
      const repository = repositories.find(
        ({ metadata }) => metadata.name === reference && (metadata.namespace ?? '') === from,
      )
      return { namespace, name, range: text(policy, 'policy', 'semver', 'range'), image: text(repository, 'image') }
    })
}

const text = (object: unknown, ...path: string[]): string | undefined => {
  const value = valueAt(object, ['spec', ...path])
  return typeof value === 'string' ? value : undefined
}

/** Policies may be in another environment: one cluster looks for updates, and proposes them to all. */
const imageObjectsBelow = (folder: string): KubernetesObject[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return imageObjectsBelow(path)
      return entry.isFile() && /\.ya?ml$/.test(entry.name) ? imageObjectsIn(path) : []
    })

function imageObjectsIn(path: string): KubernetesObject[] {
  const file = sourceFile(path)
  if (!/^kind: Image(?:Policy|Repository)$/m.test(file.text)) return []
  const namespace = readKustomization(resolve(dirname(path)))?.fields.namespace
  return readObjects(file.text, file.path).map((object) => ({
    ...object,
    metadata: { ...(typeof namespace === 'string' && { namespace }), ...object.metadata },
  }))
}

function findingsOf(version: MarkedVersion, policies: readonly Policy[]): Finding[] {
  const { file, object, field, value, comment } = version
  const at: Details = { ...(object && { object }), field: { path: field } }
  const [, namespace = '', name = '', part] = NAMED.exec(comment) ?? []
  if (name === '') return [sourceTree['unreadable-marker'](at, file.path, comment)]
  const full = `${namespace}:${name}`
  const policy = policies.find((one) => one.name === name && (one.namespace === '' || one.namespace === namespace))
  if (!policy) {
    const names = policies.map((one) => `${one.namespace}:${one.name}`)
    return [sourceTree['no-such-image-policy'](at, file.path, full, didYouMean(full, names))]
  }
  const image = part === undefined ? value.replace(/:[^:/]*$/, '') : imageOf(object)
  const tag = part === undefined ? (/:([^:/]+)$/.exec(value)?.[1] ?? '') : part === 'tag' ? value : undefined
  const { range } = policy
  return [
    ...(tag !== undefined && range !== undefined && !isWithin(tag, range)
      ? [sourceTree['outside-of-policy'](at, file.path, tag, full, range)]
      : []),
    ...(image !== undefined && image !== policy.image
      ? [sourceTree['policy-of-another-image'](at, file.path, image, full, policy.image ?? 'no ImageRepository')]
      : []),
  ]
}

/** Where an OCIRepository gets its chart from, as an ImageRepository names it. */
const imageOf = (object: KubernetesObject | undefined): string | undefined =>
  object && isKind(object, 'source.toolkit.fluxcd.io', 'OCIRepository')
    ? text(object, 'url')?.replace(/^oci:\/\//, '')
    : undefined

/** As Flux reads ranges: commas join conditions, and a range that names a pre-release takes any. Source: https://github.com/Masterminds/semver */
export const isWithin = (tag: string, range: string): boolean =>
  valid(tag) !== null && satisfies(tag, range.replaceAll(',', ' '), { includePrerelease: /\d-/.test(range) })

/** OCIRepositories that a policy watches, and whose tag has no marker. */
function unmarked(tree: SourceTree, marked: readonly MarkedVersion[], policies: readonly Policy[]): Finding[] {
  return tree.files.flatMap((file) => {
    if (!file.text.includes('kind: OCIRepository')) return []
    return readObjects(file.text, file.path).flatMap((object) => {
      const image = imageOf(object)
      const policy = image === undefined ? undefined : policies.find((one) => one.image === image)
      const hasMarker = marked.some((one) => one.file === file && one.object?.metadata.name === object.metadata.name)
      if (!policy || hasMarker || text(object, 'ref', 'tag') === undefined) return []
      const name = `${policy.namespace}:${policy.name}`
      return [sourceTree['unmarked-version']({ object, field: { path: 'spec.ref.tag' } }, file.path, name)]
    })
  })
}
