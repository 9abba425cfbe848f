import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, edit, folder } from '../../cli/lib/command-line.ts'
import { krmHardening } from '../../cli/lib/in-process.ts'
import { root } from '../../support/stacks.ts'

/** An environment that no kustomization lists: its stacks are what Flux builds from it. */
export const HOMELAB = join(root, 'examples/homelab')

const cache = folder()
export const run = (args: readonly string[], cwd = root): Promise<Ended> =>
  krmHardening(args, { cwd, env: { XDG_CACHE_HOME: cache } })

/** A copy of the repository with one file changed. */
export function changedHomelab(file: string, from: string, to: string): string {
  const copy = folder()
  cpSync(HOMELAB, copy, { recursive: true })
  edit(join(copy, file), (text) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  })
  return copy
}
