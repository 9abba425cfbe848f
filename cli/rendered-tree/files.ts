import { readdirSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { isFolder } from '../tree/kustomization.ts'

/** The files below a folder, relative to it and sorted; [] if there is no such folder. Hidden files and folders are left out. */
export function filesBelow(folder: string, below = ''): string[] {
  if (!isFolder(folder)) return []
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(folder, join(below, entry.name)) : [join(below, entry.name)]))
    .sort()
}

/**
 * The file that keeps Flux, which builds every manifest below a path without a kustomization, from building the stacks within a
 * stack with it; undefined where there are none.
 */
export function fenceOf(file: string, files: Iterable<string>): string | undefined {
  const folder = dirname(file)
  const isWithin = (other: string): boolean => dirname(other) !== folder && other.startsWith(`${folder}${sep}`)
  return [...files].some(isWithin) ? join(folder, 'kustomization.yaml') : undefined
}
