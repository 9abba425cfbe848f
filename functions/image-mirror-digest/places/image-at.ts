import type { Details } from '../../lib/framework/finding.ts'
import {
  formatReference,
  hasPlaceholder,
  type ImageReference,
  InvalidReference,
  parseReference,
  splitName,
} from '../../lib/kubernetes/image-reference.ts'
import {
  type FieldPath,
  formatPath,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { findings, type Problem } from '../findings.ts'
import type { Parts } from './schema.ts'

/** Why an image cannot be written in a place; undefined once it has been. */
export type Obstacle = Problem | undefined

/** An image, where it is written. */
export interface ImageAt {
  object: KubernetesObject
  /** The field that findings name. */
  path: FieldPath
  /** The reference that the field, or the fields together, spell. */
  text: string
  /** Is it part of a value in which people also put secrets? */
  mayBeSecret?: true
  /** Writes another image in its place. */
  write(image: ImageReference): Obstacle | Promise<Obstacle>
  /** Writes another text in its place; undefined if the reference is spread over several fields. */
  writeText?(text: string): Obstacle | Promise<Obstacle>
}

/** Where findings about an image point to. A value that may be secret is quoted only if it is an image. */
export const detailsOf = ({ object, path, text, mayBeSecret }: ImageAt): Details => ({
  object,
  field: {
    path: formatPath(path),
    ...((mayBeSecret || isKind(object, '', 'Secret')) && !isImage(text) ? {} : { currentValue: text }),
  },
})

const isImage = (text: string): boolean => hasPlaceholder(text) || !(parseReference(text) instanceof InvalidReference)

/** Fields that can be read and set by path: an object's own, or those of a YAML text in one of them. */
export interface Site {
  object: KubernetesObject
  /** The path of `root` in the object. */
  base: FieldPath
  root: unknown
  set(path: FieldPath, value: string): Obstacle | Promise<Obstacle>
}

/** An object itself as a site. */
export const siteOf = (object: KubernetesObject): Site => ({
  object,
  base: [],
  root: object,
  set: (path, value) => setAt(object, path, value),
})

/** Sets a field whose parent exists. */
export function setAt(root: unknown, path: FieldPath, value: unknown): undefined {
  const parent = valueAt(root, path.slice(0, -1)) as Record<string | number, unknown>
  parent[path.at(-1) ?? ''] = value
}

/** The image at a path: the whole of a string, or the parts of a map. Undefined if neither is there. */
export function imageAt(site: Site, path: FieldPath, parts: Parts | undefined): ImageAt | undefined {
  const value = valueAt(site.root, path)
  if (parts) return isFields(value) ? imageInParts(site, path, parts) : undefined
  if (typeof value !== 'string') return undefined
  return {
    object: site.object,
    path: [...site.base, ...path],
    text: value,
    write: (image) => site.set(path, formatReference(image)),
    writeText: (text) => site.set(path, text),
  }
}

function imageInParts(site: Site, path: FieldPath, parts: Parts): ImageAt | undefined {
  const read = (key: string | undefined): string => {
    const value = key === undefined ? undefined : valueAt(site.root, [...path, key])
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const repository = read(parts.repository)
  if (repository === '') return undefined
  const registry = read(parts.registry)
  const tag = read(parts.tag)
  const sha256 = read(parts.sha256)
  const digest = read(parts.digest) || (sha256 && `sha256:${sha256}`)
  return {
    object: site.object,
    path: [...site.base, ...path, parts.repository],
    text: [registry && `${registry}/`, repository, tag && `:${tag}`, digest && `@${digest}`].join(''),
    write: (image) => writeParts(site, path, parts, { hasRegistry: registry !== '', tag }, image),
  }
}

async function writeParts(
  site: Site,
  path: FieldPath,
  parts: Parts,
  written: { hasRegistry: boolean; tag: string },
  { name, digest }: ImageReference,
): Promise<Obstacle> {
  const edits = written.hasRegistry ? splitEdits(parts, name) : [[parts.repository, name]]
  if (digest !== undefined) {
    const edit = digestEdit(parts, written.tag.split('@')[0] ?? '', digest)
    if (edit === undefined)
      return (details) => findings['no-field-for-digest'](details, digest, parts.tag ?? 'a tag', parts.repository)
    edits.push(edit)
  }
  for (const [key = '', value = ''] of edits) {
    const obstacle = await site.set([...path, key], value)
    if (obstacle !== undefined) return obstacle
  }
  return undefined
}

function splitEdits({ registry = '', repository }: Parts, name: string): string[][] {
  const { host = 'docker.io', path } = splitName(name)
  return [
    [registry, host],
    [repository, path],
  ]
}

function digestEdit(parts: Parts, tag: string, digest: string): string[] | undefined {
  if (parts.digest !== undefined) return [parts.digest, digest]
  if (parts.sha256 !== undefined) return [parts.sha256, digest.replace(/^sha256:/, '')]
  return parts.tag === undefined || tag === '' ? undefined : [parts.tag, `${tag}@${digest}`]
}
