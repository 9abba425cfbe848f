import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { Failure } from '../exit-code.ts'
import { readObjects } from '../read-objects.ts'

const GROUP = 'kustomize.toolkit.fluxcd.io'
const SOURCES = 'source.toolkit.fluxcd.io'

/** An object and the file that it is written in. */
export interface Found {
  object: KubernetesObject
  /** Absolute path. */
  file: string
}

/** The YAML files below a folder, without hidden folders and those of dependencies. */
export function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return isSkipped(entry.name) ? [] : yamlFiles(path)
      return /\.ya?ml$/.test(entry.name) ? [path] : []
    })
}

export const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

/** A file that is no YAML, and why. */
export interface Unreadable {
  file: string
  reason: string
}

/** The Kustomizations of Flux that files below a folder hold, applied or not. Files that may hold some and are no YAML are added. */
export const kustomizationsIn = (folder: string, unreadable: Unreadable[] = []): Found[] =>
  yamlFiles(folder)
    .flatMap((file) => objectsIn(file, GROUP, unreadable))
    .filter(({ object }) => isKind(object, GROUP, 'Kustomization'))

/** The sources of Flux that a Kustomization may build from, in the files below a folder. */
export const sourcesOfFilesIn = (folder: string): Found[] =>
  yamlFiles(folder)
    .flatMap((file) => objectsIn(file, SOURCES))
    .filter(({ object }) => ['GitRepository', 'OCIRepository', 'Bucket'].some((kind) => isKind(object, SOURCES, kind)))

/** Every object that files below a folder hold, applied or not. */
export const manifestsIn = (folder: string): Found[] => yamlFiles(folder).flatMap((file) => objectsIn(file, 'kind:'))

function objectsIn(file: string, mark: string, unreadable: Unreadable[] = []): Found[] {
  const text = readFileSync(file, 'utf8')
  return text.includes(mark) ? read(text, file, unreadable).map((object) => ({ object, file })) : []
}

/**
 * A file that is no YAML, such as a template, holds nothing that Flux could start from. If it is in a folder that Flux
 * builds, the build reports it.
 */
function read(text: string, file: string, unreadable: Unreadable[]): KubernetesObject[] {
  try {
    return readObjects(text, file)
  } catch (cause) {
    if (!(cause instanceof Failure) && (cause as Error).name !== 'InputError') throw cause
    const reason = (cause as Error).message.split('\n')[0] ?? ''
    unreadable.push({ file, reason: reason.replace(/^.* cannot be read as YAML: /, '') })
    return []
  }
}
