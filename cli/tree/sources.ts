import { readFileSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { isFile, isFolder, type Kustomization, readKustomization } from './kustomization.ts'

/** The files that decide what a folder builds. */
export interface Sources {
  /** Absolute paths, each once: kustomizations and whatever they name. */
  files: string[]
  /** Why the build may read more than these files; undefined if it cannot. */
  more: string | undefined
}

/** Finds the files that Kustomize opens when it builds a folder, from the paths in kustomizations alone. */
export function sourcesOf(folder: string): Sources {
  const files = new Set<string>()
  const seen = new Set<string>()
  let more: string | undefined
  /** `isPlugin`: what it holds runs, as transformers do. */
  const visit = (path: string, entry: string, isPlugin: boolean, from: string): void => {
    const key = `${isPlugin} ${path}`
    if (seen.has(key)) return
    seen.add(key)
    const kustomization = isFolder(path) ? readKustomization(path) : undefined
    if (kustomization) visitKustomization(kustomization, isPlugin)
    else if (isFile(path)) visitFile(path, isPlugin ? readFileSync(path, 'utf8') : undefined)
    else more ??= `${from} names ${entry}, which is no file of this tree`
  }
  const visitFile = (path: string, plugin: string | undefined): void => {
    files.add(path)
    if (realpathSync(path) !== path) more ??= `${display(path)} is reached through a link`
    if (plugin !== undefined && MAY_OPEN_FILES.test(plugin)) more ??= `${display(path)} ${OPENS_FILES}`
  }
  const visitKustomization = ({ folder, file, fields }: Kustomization, isPlugin: boolean): void => {
    visitFile(file, undefined)
    for (const [field, value] of Object.entries(fields)) {
      const pathsOf = PATHS_OF[field]
      if (!pathsOf) more ??= `${display(file)} has the field ${field}`
      for (const entry of pathsOf?.(value) ?? [])
        visit(resolve(folder, entry), entry, isPlugin || PLUGINS.has(field), display(file))
      if (PLUGINS.has(field) && strings(value).some((entry) => entry.includes('\n') && MAY_OPEN_FILES.test(entry)))
        more ??= `${display(file)} ${OPENS_FILES}`
    }
  }
  visit(realpathSync(folder), folder, false, 'the command line')
  return { files: [...files], more }
}

const PLUGINS = new Set(['generators', 'transformers', 'validators'])
/** Transformers of Kustomize itself have fields with paths; functions that are programs read what they like. */
const MAY_OPEN_FILES = /apiVersion: *["']?builtin|\b(?:exec|starlark|mounts):/
const OPENS_FILES = 'has a transformer of Kustomize, or a function that may read files'

type PathsOf = (value: unknown) => string[]

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
const none: PathsOf = () => []
/** Paths, next to objects that are written in place. */
const pathsOrObjects: PathsOf = (value) => strings(value).filter((entry) => !entry.includes('\n'))
/** The `path` of each entry that has one. */
const pathOfEach: PathsOf = (value) =>
  (Array.isArray(value) ? value : []).flatMap((entry) =>
    isFields(entry) && typeof entry.path === 'string' ? [entry.path] : [],
  )
/** The files of generated ConfigMaps and Secrets; a file may be given as `key=path`. */
const filesOfGenerators: PathsOf = (value) =>
  (Array.isArray(value) ? value : [])
    .filter(isFields)
    .flatMap(({ files, envs, env }) => [
      ...strings(files).map((entry) => entry.slice(entry.indexOf('=') + 1)),
      ...strings(envs),
      ...(typeof env === 'string' ? [env] : []),
    ])

/** Every field of a Kustomization, with the paths that its value holds. Helm charts are left out: they are read as folders. */
const PATHS_OF: Readonly<Record<string, PathsOf>> = {
  apiVersion: none,
  kind: none,
  metadata: none,
  resources: strings,
  bases: strings,
  components: strings,
  crds: strings,
  configurations: strings,
  generators: pathsOrObjects,
  transformers: pathsOrObjects,
  validators: pathsOrObjects,
  patches: pathOfEach,
  patchesJson6902: pathOfEach,
  patchesStrategicMerge: pathsOrObjects,
  replacements: pathOfEach,
  configMapGenerator: filesOfGenerators,
  secretGenerator: filesOfGenerators,
  openapi: (value) => pathOfEach([value]),
  generatorOptions: none,
  namespace: none,
  namePrefix: none,
  nameSuffix: none,
  labels: none,
  commonLabels: none,
  commonAnnotations: none,
  images: none,
  replicas: none,
  vars: none,
  sortOptions: none,
  buildMetadata: none,
}
