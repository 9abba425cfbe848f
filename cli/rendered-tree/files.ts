import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isFolder } from '../tree/kustomization.ts'

/** The files below a folder, relative to it and sorted; [] if there is no such folder. Hidden files and folders are left out. */
export function filesBelow(folder: string, below = ''): string[] {
  if (!isFolder(folder)) return []
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(folder, join(below, entry.name)) : [join(below, entry.name)]))
    .sort()
}
