import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { display } from './display.ts'
import { Failure } from './exit-code.ts'

/**
 * Writes a file whole or not at all: next to it first, then renamed into its place, with the mode that it has. A link is
 * followed. Throws Failure (2) that names the file and the cause; the file is then as it was.
 */
export function writeWhole(file: string, text: string): void {
  naming(file, 'written', () => {
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()
    const target = isLink ? realpathSync(file) : file
    const folder = mkdtempSync(join(dirname(target), `.${basename(target)}-`))
    try {
      const draft = join(folder, basename(target))
      writeFileSync(draft, text, { mode: statSync(target, { throwIfNoEntry: false })?.mode ?? 0o666, flush: true })
      renameSync(draft, target)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

/** A file that is written; `before` is undefined for a new one. */
export interface Change {
  file: string
  before: string | undefined
  after: string
}

/** A file to remove. */
export interface Removal {
  file: string
  before: string
  after: undefined
}

/** Writes and removes all files, or leaves everything as it was and throws as `writeWhole` does. */
export function writeAllOrNone(changes: readonly (Change | Removal)[]): void {
  const undo: (() => void)[] = []
  try {
    for (const { file, before, after } of changes) {
      const made = naming(file, 'written', () => makeFolder(dirname(file)))
      if (made !== undefined) undo.push(() => rmSync(made, { recursive: true, force: true }))
      if (after === undefined) naming(file, 'removed', () => rmSync(file))
      else writeWhole(file, after)
      undo.push(() => (before === undefined ? rmSync(file, { force: true }) : writeWhole(file, before)))
    }
  } catch (cause) {
    for (const step of undo.reverse()) step()
    throw cause
  }
}

/**
 * Makes a folder and those above it; answers the topmost that it made. Node's own recursive mkdir reports a read-only disk
 * as a missing folder.
 */
function makeFolder(folder: string): string | undefined {
  if (existsSync(folder)) return undefined
  if (lstatSync(folder, { throwIfNoEntry: false })) throw new Error(`${display(folder)} is a link that leads nowhere`)
  const above = makeFolder(dirname(folder))
  mkdirSync(folder)
  return above ?? folder
}

function naming<T>(file: string, done: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw new Failure(`${display(file)} cannot be ${done}: ${reasonOf(cause)}`, undefined, { cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EFBIG: 'the file is larger than this system allows',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'part of the path is no folder',
  EROFS: 'the file system is read-only',
}

/** Why the system refused something, in words if it is a common reason. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason = REASONS[code ?? '']
  return reason ? `${reason} (${code})` : message
}

/** Is this an error of the system, and not a defect of this program? */
export const isSystemError = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && 'code' in cause && 'syscall' in cause
