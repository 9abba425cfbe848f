import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { check, conventionsOf, walkAll } from '../../../../cli/flux/check.ts'
import { allFindings } from '../../../../cli/flux/report.ts'
import { filesBelow } from '../../../../cli/rendered-tree/files.ts'
import { harden } from '../../../../cli/runtime/functions.ts'
import { builderWith } from '../../../support/builder.ts'
import { type Ended, edit, folder, type How, removeFolders } from '../../lib/command-line.ts'
import { krmHardening } from '../../lib/in-process.ts'

/** The repository for Flux that these tests change, each in a copy of its own. */
export const HOMELAB = join(__dirname, '../../../../examples/homelab')
export const NOTES = 'apps/web/notes/ks.yaml'
export const ECHO = 'apps/web/echo/ks.yaml'
export const RELEASE = 'apps/web/notes/app/release.yaml'
export const LIST = 'apps/web/notes/app/kustomization.yaml'

/** The user's own cache stays as it is. */
export const CACHE = folder()
beforeAll(() => {
  process.env.XDG_CACHE_HOME = CACHE
})
afterAll(removeFolders)

export const newBuilder = (onBuilt?: Parameters<typeof builderWith>[1]) =>
  builderWith(harden, onBuilt, '--load-restrictor', 'LoadRestrictionsNone')

/** A change of one file: text to replace and by what, or the content of a new file. */
export type Edit = [file: string, from: string, to: string] | [file: string, content: string]

/** A copy of the example with changes, without its hardening: a lock would not fit an edited release. */
export function homelab(...edits: readonly Edit[]): string {
  const root = folder()
  cpSync(HOMELAB, root, { recursive: true })
  for (const file of filesBelow(root).filter((path) => /^apps\/(?:.*\/app\/)?kustomization\.yaml$/.test(path)))
    edit(join(root, file), (text) => text.replace(OF_HARDENING, ''))
  applyEdits(root, edits)
  return root
}

/** The lines of a kustomization that bring the functions in. */
const OF_HARDENING = /^namespace: .*\n|^- .*\.lock\.yaml\n|^transformers:\n(?:- .*\n)+/gm

export function applyEdits(root: string, edits: readonly Edit[]): void {
  for (const [file, from, to] of edits) {
    const path = join(root, file)
    if (to === undefined) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, from)
    } else {
      expect(readFileSync(path, 'utf8')).toContain(from)
      edit(path, (text) => text.replace(from, to))
    }
  }
}

/** What is found in a repository: `rule: Kind namespace/name`. */
export async function found(root: string): Promise<string[]> {
  // One cache for all copies, so that each test builds only what it changes.
  const walks = await walkAll(root, newBuilder(), HOMELAB)
  const checked = walks.map((walk) => check(walk, conventionsOf(root, undefined)))
  return allFindings(checked).map(({ finding: { id, object } }) => {
    const name = [object?.metadata.namespace, object?.metadata.name].filter(Boolean).join('/')
    return `${id.replace('flux-conventions/', '')}: ${object?.kind} ${name}`
  })
}

/** The example as it is, with its hardening and its locks. */
export function hardenedHomelab(): string {
  const root = folder()
  cpSync(HOMELAB, root, { recursive: true })
  return root
}

export const flux = (args: readonly string[], cwd: string, env: How['env'] = {}): Promise<Ended> =>
  krmHardening(['flux', ...args], { cwd, env: { XDG_CACHE_HOME: CACHE, ...env } })

export const git = (cwd: string, ...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd, stdio: 'ignore' })
}

/** Makes a folder a repository of Git, everything in it committed. */
export function committed(root: string): string {
  git(root, 'init')
  git(root, 'add', '--all')
  git(root, 'commit', '--message', 'first')
  return root
}
