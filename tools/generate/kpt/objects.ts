import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { buildPlain, type Kustomize } from './build.ts'
import { documents, readObject, withObject, writeObject } from './text.ts'

/** A file of a package and the object in it. */
export interface ObjectFile {
  path: string
  text: string
  object: KubernetesObject
}

// Nothing in a package gives a ConfigMap a new name when it changes: without the hash, `immutable` must go as well.
const WITHOUT_HASH = `apiVersion: v1
kind: ConfigMap
metadata: {name: any, annotations: {internal.config.kubernetes.io/needsHashSuffix: null}}
immutable: null
`
// A package carries no credentials.
const LEFT_OUT = `$patch: delete
apiVersion: v1
kind: Secret
metadata: {name: any}
`
const ORIGIN = 'config.kubernetes.io/origin'

/**
 * The objects of an overlay before any function ran, whole: namespace, prefix, labels and patches applied. Each is
 * in the file that it is in below base/, with the comments and order of that file.
 */
export function objectFiles(root: string, kustomize: Kustomize, overlay: string): ObjectFile[] {
  const build = buildPlain(root, kustomize, {
    resources: [overlay],
    patches: [
      { target: { kind: 'ConfigMap' }, patch: WITHOUT_HASH },
      { target: { kind: 'Secret' }, patch: LEFT_OUT },
    ],
    buildMetadata: ['originAnnotations'],
  })
  const stack = overlay.slice(overlay.lastIndexOf('/') + 1)
  return documents(build).map((text) => toFile(root, stack, readObject(text) as KubernetesObject))
}

/** `path` of an object that is in a file, `configuredIn` of one that a kustomization generates. */
interface Origin {
  path?: string
  configuredIn?: string
}

function toFile(root: string, stack: string, built: KubernetesObject): ObjectFile {
  const { path, configuredIn } = readObject(built.metadata.annotations?.[ORIGIN] ?? '{}') as Origin
  const object = withoutOrigin(built)
  const source = path ?? configuredIn ?? 'nowhere'
  if (!source.startsWith('base/'))
    throw new Error(`${object.kind} ${object.metadata.name}: found it in ${source}, expected it below base/`)
  const inPackage = source.slice('base/'.length).replace(new RegExp(`^${stack}/`), '')
  if (path !== undefined)
    return { path: inPackage, text: withObject(readFileSync(join(root, source), 'utf8'), object), object }
  const name = `${object.kind.toLowerCase()}-${object.metadata.name}.yaml`
  const { apiVersion, kind, metadata, ...content } = object
  return { path: join(dirname(inPackage), name), text: writeObject({ apiVersion, kind, metadata, ...content }), object }
}

function withoutOrigin(object: KubernetesObject): KubernetesObject {
  const { annotations: { [ORIGIN]: _, ...annotations } = {}, ...metadata } = object.metadata
  return { ...object, metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata }
}
