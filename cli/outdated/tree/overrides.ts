import { dirname, join, sep } from 'node:path'
import { resourceGraph } from '../../tree/graph.ts'
import { isFolder, readKustomization } from '../../tree/kustomization.ts'

/** What a kustomization is made from. */
interface Parts {
  folders: ReadonlySet<string>
  files: ReadonlySet<string>
}

/** The builds of a tree, to tell what is in each, and which of the places that set a field decides. */
export class Builds {
  readonly #folders: readonly string[]
  readonly #known = new Map<string, Parts>()

  /** `files` are those of the tree. */
  constructor(files: readonly string[]) {
    this.#folders = [...new Set(files.map((file) => dirname(file)))].filter((folder) => readKustomization(folder))
  }

  /** Does every build that has a file go through one of these kustomizations, which patch what is in it? */
  isAlwaysPatched(file: string, by: readonly string[]): boolean {
    const having = this.#folders.filter((folder) => this.#partsOf(folder).files.has(file))
    const outermost = having.filter(
      (folder) => !having.some((other) => other !== folder && this.#partsOf(other).folders.has(folder)),
    )
    const patches = (folder: string): boolean =>
      by.some(
        (patching) =>
          this.#partsOf(folder).folders.has(patching) &&
          (isComponent(patching) || this.#partsOf(patching).files.has(file)),
      )
    return outermost.length > 0 && outermost.every(patches)
  }

  /** Is a file part of the build of a folder? Flux builds all files of a folder without a kustomization. */
  has(folder: string, file: string): boolean {
    return readKustomization(folder) ? this.#partsOf(folder).files.has(file) : file.startsWith(`${folder}${sep}`)
  }

  /** The kustomizations of a build. */
  foldersOf(folder: string): ReadonlySet<string> {
    return this.#partsOf(folder).folders
  }

  #partsOf(folder: string): Parts {
    const known = this.#known.get(folder)
    if (known) return known
    const { kustomizations, files } = resourceGraph([folder])
    const parts = { folders: new Set(kustomizations.map((one) => one.folder)), files: new Set(files) }
    this.#known.set(folder, parts)
    return parts
  }
}

const isComponent = (folder: string): boolean => readKustomization(folder)?.fields.kind === 'Component'

/** The folder that a Kustomization of Flux builds: its path is from the top of the repository, which is above its file. */
export function builtByFlux(folder: string, path: string): string {
  const built = join(folder, path)
  const above = dirname(folder)
  return isFolder(built) || above === folder ? built : builtByFlux(above, path)
}
