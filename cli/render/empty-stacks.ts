import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Builder } from '../kustomize/build.ts'
import { resourceGraph } from '../tree/graph.ts'
import { isFile, type Kustomization, stringsOf } from '../tree/kustomization.ts'
import { splitBuild } from './documents.ts'

/**
 * The stacks of an environment that build no objects. The build of the whole does not show them, so those whose files
 * leave a doubt are built by themselves.
 */
export async function emptyStacks(folders: readonly string[], builder: Builder): Promise<string[]> {
  const doubtful = folders.filter((folder) => !surelyBuilds(folder))
  const builds = await Promise.all(doubtful.map((folder) => builder.attempt(folder)))
  return doubtful.filter((_, index) => {
    const output = builds[index]?.output
    return output !== undefined && splitBuild(output).length === 0
  })
}

/** Does a stack list an object, and nothing that could take it out of the build? */
function surelyBuilds(folder: string): boolean {
  const { files, kustomizations } = resourceGraph([folder])
  const mayTakeOut = [...files.map(read), ...kustomizations.map(({ text }) => text)].some((text) =>
    /\$patch|local-config/.test(text),
  )
  return !mayTakeOut && kustomizations.some(hasObjects)
}

const hasObjects = ({ folder, fields }: Kustomization): boolean =>
  ['configMapGenerator', 'secretGenerator'].some((field) => Array.isArray(fields[field]) && fields[field].length > 0) ||
  stringsOf(fields, 'resources')
    .map((entry) => resolve(folder, entry))
    .some((path) => isFile(path) && /^kind: *\w/m.test(read(path)))

const read = (file: string): string => readFileSync(file, 'utf8')
