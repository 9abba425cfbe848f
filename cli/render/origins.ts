import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { identity, isFields, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import type { Builder } from '../kustomize/build.ts'
import { isFile, readKustomization } from '../tree/kustomization.ts'
import { objectsOf, splitBuild } from './documents.ts'

/** Where an object is written: a path relative to the working folder, and the line. */
export interface SourceLine {
  path: string
  line: number
}

const ORIGIN = 'config.kubernetes.io/origin'

/**
 * Finds the file that an object of a folder's build is written in, by a second build with Kustomize's origin annotations,
 * which the rendering itself never has. What no file holds, such as a generated object, is at the folder's kustomization.
 */
export async function originsOf(folder: string, builder: Builder): Promise<(object?: KubernetesObject) => SourceLine> {
  const kustomization = readKustomization(folder)
  const { output, root } = kustomization ? await builder.attemptWithOrigins(folder) : { output: '', root: folder }
  const files = new Map<string, string>()
  for (const object of objectsOf(splitBuild(output ?? ''))) {
    const origin = object.metadata.annotations?.[ORIGIN]
    const fields = origin === undefined ? undefined : readCanonicalYaml(origin)
    const path = isFields(fields) ? (fields.path ?? fields.configuredIn) : undefined
    if (typeof path === 'string' && isFields(fields) && fields.repo === undefined)
      for (const key of keysOf(object)) files.set(key, resolve(root, path))
  }
  const fallback = kustomization?.file ?? folder
  return (object) => {
    const file = object && keysOf(object).flatMap((key) => files.get(key) ?? [])[0]
    return file !== undefined && object && isFile(file)
      ? { path: relative(process.cwd(), file), line: lineOf(object, readFileSync(file, 'utf8')) }
      : { path: relative(process.cwd(), fallback), line: 1 }
  }
}

/** A function may see an object before a namespace is set on it. */
const keysOf = (object: KubernetesObject): string[] => [identity(object), `${object.kind}/${object.metadata.name}`]

/** The line at which the document of an object begins: the one with its kind and its name. */
export function lineOf({ kind, metadata }: KubernetesObject, text: string): number {
  const lines = text.split('\n')
  const starts = [0, ...lines.flatMap((line, index) => (line.startsWith('---') ? [index + 1] : []))]
  const start = starts.find((first, index) => {
    const document = lines.slice(first, starts[index + 1])
    return (
      document.some((line) => line.trim() === `kind: ${kind}`) &&
      document.some((line) => /^\s+(?:.*[{,] *)?name: /.test(line) && line.includes(metadata.name))
    )
  })
  if (start === undefined) return 1
  const offset = lines.slice(start).findIndex((line) => line.trim() !== '' && !line.startsWith('#'))
  return start + Math.max(offset, 0) + 1
}
