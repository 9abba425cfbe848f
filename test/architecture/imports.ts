import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../support/stacks.ts'

/** What each file or folder imports, by paths from the root of the repository. */
export type Imports = ReadonlyMap<string, readonly string[]>

const FOLDERS = ['functions', 'cli', 'integrations', 'tools']
/** Every import of the repository's own ends with the name of a file; an import of types counts as any other. */
const IMPORT = /(?:\bfrom|^import|\bimport\() ?'(\.[^']+)'/gm

/** The imports of every TypeScript file but those of the tests. */
export const importsOfFiles = (): Imports => {
  const files = FOLDERS.flatMap((folder) =>
    (readdirSync(join(root, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  )
  return new Map(files.map((file) => [file, importedBy(file, readFileSync(join(root, file), 'utf8'))]))
}

export const importedBy = (file: string, text: string): string[] =>
  [...text.matchAll(IMPORT)].map(([, specifier = '']) => join(dirname(file), specifier))

/** The imports of shelves: folders of a function, of lib or of the command line. A file next to shelves is one itself. */
export function importsOfShelves(files: Imports): Imports {
  const shelves = new Map<string, string[]>()
  for (const [file, imported] of files) {
    const shelf = shelfOf(file)
    const others = imported.map(shelfOf).filter((other) => other !== shelf)
    shelves.set(shelf, [...new Set([...(shelves.get(shelf) ?? []), ...others])])
  }
  return shelves
}

const shelfOf = (file: string): string => {
  const depth = file.startsWith('functions/') ? 3 : 2
  return file.split('/').slice(0, depth).join('/')
}

/** The circles of imports, each as one list of those in it; empty where every import leads down. */
export function circles(imports: Imports): string[][] {
  const reached = new Map([...imports.keys()].map((from) => [from, reachableFrom(imports, from)]))
  const inCircle = [...imports.keys()].filter((from) => reached.get(from)?.has(from)).sort()
  const circleOf = (one: string): string[] =>
    inCircle.filter((other) => reached.get(one)?.has(other) && reached.get(other)?.has(one))
  return inCircle.map(circleOf).filter(([first], index) => first === inCircle[index])
}

function reachableFrom(imports: Imports, from: string): Set<string> {
  const reached = new Set<string>()
  const left = [...(imports.get(from) ?? [])]
  for (let next = left.pop(); next !== undefined; next = left.pop())
    if (!reached.has(next)) {
      reached.add(next)
      left.push(...(imports.get(next) ?? []))
    }
  return reached
}
