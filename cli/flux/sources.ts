import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { isFile, isFolder, type Kustomization, readKustomization, stringsOf } from '../tree/kustomization.ts'
import { isSkipped, yamlFiles } from './manifests.ts'

/** Everything that the build of a folder reads. */
export interface Sources {
  /** Absolute paths of files. It may hold too many files, but never too few, because then a change would go unseen. */
  files: Set<string>
  kustomizations: Kustomization[]
  /** URLs among the resources. They are not fetched. */
  remotes: { file: string; url: string }[]
}

const LISTS = ['resources', 'bases', 'components']
const isUrl = (entry: string): boolean => /^[a-z+]+:\/\/|^git@|^github\.com\/|[?&](?:ref|version)=/.test(entry)

/** What the build of a folder reads. Throws Failure (2) for a kustomization that cannot be read. */
export function sourcesOf(folder: string): Sources {
  const sources: Sources = { files: new Set(), kustomizations: [], remotes: [] }
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    if (isFile(path)) sources.files.add(path)
    else if (isFolder(path)) visitFolder(path)
  }
  const visitFolder = (path: string): void => {
    const kustomization = readKustomization(path)
    if (!kustomization) {
      for (const file of yamlFiles(path)) visit(file)
      return
    }
    sources.kustomizations.push(kustomization)
    sources.files.add(kustomization.file)
    for (const list of LISTS)
      for (const url of stringsOf(kustomization.fields, list).filter(isUrl))
        sources.remotes.push({ file: kustomization.file, url })
    // `key=path` of a generator.
    for (const text of textsIn(kustomization.fields))
      for (const path of [text, text.slice(text.indexOf('=') + 1)])
        if (isPath(path)) visit(resolve(kustomization.folder, path))
  }
  visit(folder)
  return sources
}

const isPath = (text: string): boolean => text !== '' && text.length < 300 && !text.includes('\n') && !isUrl(text)

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isFields(value) ? Object.values(value).flatMap(textsIn) : []
}

/**
 * What a folder without a kustomization builds, as Flux has it: every manifest below it, and folders that have one.
 * Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#generating-a-kustomizationyaml-file
 */
export function resourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return isSkipped(entry.name) ? [] : readKustomization(path) ? [path] : resourcesIn(path)
    return /\.ya?ml$/.test(entry.name) ? [path] : []
  })
}

/** A copy of a repository, by links, whose kustomizations name no URL. */
export class WithoutRemotes {
  readonly #top: string
  readonly #copy: string

  constructor(top: string, kustomizations: readonly Kustomization[]) {
    this.#top = top
    this.#copy = realpathSync(mkdtempSync(join(tmpdir(), 'krm-hardening-')))
    process.once('exit', () => rmSync(this.#copy, { recursive: true, force: true }))
    const edited = new Map(kustomizations.map((one) => [one.file, withoutUrls(one)]))
    const link = (folder: string): void => {
      mkdirSync(this.at(folder), { recursive: true })
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name)
        const text = edited.get(path)
        if (entry.isDirectory()) {
          if (!isSkipped(entry.name)) link(path)
        } else if (text === undefined) symlinkSync(path, this.at(path))
        else writeFileSync(join(dirname(this.at(path)), basename(path)), text)
      }
    }
    link(top)
  }

  /** The path in the copy of a path in the repository. */
  at(path: string): string {
    return join(this.#copy, relative(this.#top, path))
  }

  /** The path in the repository of a path in the copy. */
  original(path: string): string {
    return path.startsWith(this.#copy) ? join(this.#top, relative(this.#copy, path)) : path
  }
}

const withoutUrls = ({ fields }: Kustomization): string =>
  JSON.stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...fields,
    ...Object.fromEntries(
      LISTS.filter((list) => list in fields).map((list) => [
        list,
        stringsOf(fields, list).filter((entry) => !isUrl(entry)),
      ]),
    ),
  })
