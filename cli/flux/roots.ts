import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { textAt } from '../../functions/lib/kubernetes/fields.ts'
import { isFolder } from '../tree/kustomization.ts'
import { type Found, kustomizationsIn, sourcesOfFilesIn, type Unreadable } from './manifests.ts'

/** What Flux starts from in one cluster. */
export interface Start {
  /** Absolute path of the folder that paths are relative to: the top of the repository. */
  top: string
  roots: Found[]
}

/** A repository for Flux, or the part of one that a folder belongs to. */
export interface Repository {
  /** Every Kustomization of Flux in its files, applied or not. */
  found: Found[]
  starts: Start[]
  /** Files outside of the folders of all that was found, so that no build reports them. */
  unreadable: Unreadable[]
}

/** The folder that a Kustomization builds. */
export const folderOf = (top: string, object: Found['object']): string =>
  resolve(top, `./${textAt(object, 'spec', 'path') ?? ''}`)

/**
 * What Flux starts from to apply what is in a folder. If the paths of its Kustomizations begin at a folder above, the files there
 * count too, because what applies the folder, and the sources that it needs, may lie next to it.
 */
export function repositoryAt(folder: string): Repository {
  const failed: Unreadable[] = []
  const within = kustomizationsIn(folder, failed)
  const top = topOf(within, folder)
  const all = top === folder ? within : kustomizationsIn(top)
  const found = all.filter((one) => !isExample(one, mainSourceOf(all), top))
  const elsewhere = fromElsewhere(found, mainSourceOf(found), top)
  const own = found.filter((one) => !elsewhere.has(one))
  const starts = startsOf(found, new Set(own), top)
  const folders = own.map(({ object }) => folderOf(top, object))
  return {
    found,
    starts: top === folder ? starts : starts.filter((start) => reaches(start, own, within)),
    unreadable: failed.filter((one) => !folders.some((path) => isWithin(one, path))),
  }
}

/**
 * What Flux starts from: Kustomizations whose file is in the folder of no other Kustomization of this repository. One in such a
 * folder is applied by that other or, if no kustomization lists it, by nobody. Two of the same name start two clusters.
 */
function startsOf(found: readonly Found[], own: ReadonlySet<Found>, top: string): Start[] {
  const folders = [...own].map((each) => ({ each, folder: folderOf(top, each.object) }))
  const roots = found.filter(
    (one) =>
      !folders.some(
        ({ each, folder: path }) =>
          each !== one && isWithin(one, path) && !(own.has(one) && isWithin(each, folderOf(top, one.object))),
      ),
  )
  const names = roots.map(({ object }) => `${object.metadata.namespace}/${object.metadata.name}`)
  if (new Set(names).size === names.length) return roots.length > 0 ? [{ top, roots }] : []
  return [...groupBy(roots, ({ file }) => dirname(file)).values()].map((group) => ({ top, roots: group }))
}

const isWithin = ({ file }: { file: string }, path: string): boolean => file.startsWith(path + sep)

/** Does a cluster apply one of these, or start from it? */
function reaches({ top, roots }: Start, own: readonly Found[], wanted: readonly Found[]): boolean {
  const reached = new Set(roots)
  for (const one of reached) {
    const folder = folderOf(top, one.object)
    for (const other of own) if (isWithin(other, folder)) reached.add(other)
  }
  const files = new Set([...reached].map(({ file }) => file))
  return wanted.some(({ file }) => files.has(file))
}

/** The source that most Kustomizations have. */
function mainSourceOf(found: readonly Found[]): string {
  const [[main] = ['']] = [...groupBy(found, sourceOf)].sort(([, a], [, b]) => b.length - a.length)
  return main
}

/** Documentation has Kustomizations too: of another source, and of no folder. */
const isExample = (one: Found, main: string, top: string): boolean =>
  sourceOf(one) !== main &&
  !isFolder(folderOf(top, one.object)) &&
  /(?:^|\/)(?:docs?|examples?)\//i.test(one.file.slice(top.length))

const sourceOf = ({ object }: Found): string =>
  [textAt(object, 'spec', 'sourceRef', 'kind'), textAt(object, 'spec', 'sourceRef', 'name')].join('/')

/**
 * Kustomizations that build from another repository, so their paths are no folders of this one: their source is in the files,
 * and its URL is not that of the source that most have.
 */
function fromElsewhere(found: readonly Found[], main: string, top: string): Set<Found> {
  const bySource = groupBy(found, sourceOf)
  if (bySource.size < 2) return new Set()
  const urls = new Map(
    sourcesOfFilesIn(top).map(({ object }) => [
      `${object.kind}/${object.metadata.name}`,
      textAt(object, 'spec', 'url'),
    ]),
  )
  const isElsewhere = (name: string): boolean =>
    name.startsWith('ExternalArtifact/') || (urls.has(name) && urls.get(name) !== urls.get(main))
  return new Set([...bySource].flatMap(([name, group]) => (name !== main && isElsewhere(name) ? group : [])))
}

/** The folder itself or one above it, up to the top of the repository: the one below which most of the paths exist. */
function topOf(found: readonly Found[], folder: string): string {
  const candidates = [folder]
  for (let path = folder; !existsSync(join(path, '.git')) && dirname(path) !== path; path = dirname(path))
    candidates.push(dirname(path))
  const score = (top: string): number => found.filter(({ object }) => isFolder(folderOf(top, object))).length
  const best = Math.max(...candidates.map(score))
  return candidates.find((top) => score(top) === best) ?? folder
}
