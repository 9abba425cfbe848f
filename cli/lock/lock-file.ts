import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { API_VERSION } from '../../functions/lib/framework/config.ts'
import { type Fields, formatPath, isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { OPTIONS, toPlain } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { parserReason } from '../../functions/lib/yaml/parser-reason.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import { NOT_PINNED } from './not-pinned.ts'

/** A file with a policy that locks images. */
export interface LockFile {
  file: string
  text: string
  /** What the text means. */
  policy: Fields
  /** The path of the configuration of image-mirror-digest in it. */
  section: readonly string[]
  digests: ReadonlyMap<string, string>
  /** References that may run by their tag only until they are pinned. */
  notPinned: readonly string[]
}

/** The path of the configuration of image-mirror-digest in each kind that has one. */
export const LOCK_SECTIONS: Readonly<Record<string, readonly string[]>> = {
  Hardening: ['spec', 'images'],
  ImageMirrorDigest: ['spec'],
}

/** Reads a policy, or a patch of one. Throws Failure (2) for any other file. */
export function readLockFile(file: string): LockFile {
  const text = readFileSync(file, 'utf8')
  const policy = readPolicy(file, text)
  const { apiVersion, kind } = policy
  const section = apiVersion === API_VERSION ? LOCK_SECTIONS[String(kind)] : undefined
  if (!section)
    throw new Failure(
      `${display(file)}: found ${kind ?? 'no kind'} of ${apiVersion ?? 'no apiVersion'}, expected ${Object.keys(LOCK_SECTIONS).join(' or ')} of ${API_VERSION}`,
    )
  section.forEach((_, index) => {
    mapAt(file, policy, section.slice(0, index + 1))
  })
  const digests = Object.entries(mapAt(file, policy, [...section, 'digests']))
  const exceptions = Object.entries(mapAt(file, policy, [...section, 'allowTag']))
  return {
    file,
    text,
    policy,
    section,
    // In a patch, null takes an entry out of the lock.
    digests: new Map(digests.flatMap(([reference, digest]) => (digest === null ? [] : [[reference, String(digest)]]))),
    notPinned: exceptions.filter(([, value]) => valueAt(value, ['reason']) === NOT_PINNED).map(([key]) => key),
  }
}

function readPolicy(file: string, text: string): Fields {
  const document = parseDocument(text, { ...OPTIONS, uniqueKeys: true })
  const [problem] = document.errors
  if (problem) throw new Failure(`${display(file)} cannot be read as YAML: ${parserReason(problem)}`)
  const policy = toPlain(document.contents, document)
  return isFields(policy) ? policy : {}
}

/** The map at a path, empty if nothing is there. */
function mapAt(file: string, policy: Fields, path: readonly string[]): Fields {
  const value = valueAt(policy, path) ?? {}
  if (isFields(value)) return value
  throw new Failure(
    `${display(file)}: ${formatPath(path)}: found ${JSON.stringify(value).slice(0, 80)}, expected a map`,
  )
}
