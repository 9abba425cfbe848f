import { readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Fields, isFields } from '../../functions/lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { parserReason } from '../../functions/lib/yaml/parser-reason.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'

/** A kustomization file. */
export interface Kustomization {
  /** Absolute path of its folder. */
  folder: string
  file: string
  text: string
  fields: Fields
  /** Nobody wrote it: it lists what Flux builds from a repository, and its file is not there. */
  isOfFlux?: true
}

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const known = new Map<string, Kustomization | undefined>()

/**
 * The kustomization of a folder, or undefined if it has none. Each is read once, because nothing changes while a command runs.
 * Throws Failure (2) if there are two, or one that cannot be read as YAML.
 */
export function readKustomization(folder: string): Kustomization | undefined {
  const path = resolve(folder)
  if (!known.has(path)) known.set(path, read(path))
  return known.get(path)
}

/** Lets a folder without a kustomization count as a list of folders, absolute paths, while the command runs. */
export function declareList(folder: string, folders: readonly string[]): void {
  const resources = folders.map((one) => relative(folder, one))
  known.set(folder, {
    folder,
    file: join(folder, 'kustomization.yaml'),
    text: '',
    fields: { resources },
    isOfFlux: true,
  })
}

/** The folders that a list of Flux has; undefined for any other folder. */
export function declaredList(folder: string): string[] | undefined {
  const kustomization = known.get(resolve(folder))
  if (!kustomization?.isOfFlux) return undefined
  return stringsOf(kustomization.fields, 'resources').map((entry) => resolve(folder, entry))
}

function read(folder: string): Kustomization | undefined {
  const [file, another] = FILE_NAMES.map((name) => join(folder, name)).filter(isFile)
  if (file === undefined) return undefined
  if (another !== undefined)
    throw new Failure(`${display(folder)} has two kustomizations, ${display(file)} and ${display(another)}; keep one`)
  const text = readFileSync(file, 'utf8')
  return { folder, file, text, fields: parseFields(text, file) }
}

function parseFields(text: string, file: string): Fields {
  try {
    const fields = readCanonicalYaml(text)
    if (isFields(fields)) return fields
  } catch (cause) {
    throw new Failure(`${display(file)} cannot be read as YAML: ${parserReason(cause)}`, undefined, {
      cause,
    })
  }
  throw new Failure(`${display(file)}: expected the fields of a Kustomization`)
}

export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** The strings that a list field holds; [] if it is absent. */
export const stringsOf = (fields: Fields, key: string): string[] => {
  const list = fields[key]
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
}
