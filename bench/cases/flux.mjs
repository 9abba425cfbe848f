import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kustomizeEnvironment, node, root, row, runs, work } from '../lib/context.mjs'
import { fluxTree } from '../lib/flux-tree.mjs'
import { measure, median } from '../lib/measure.mjs'

export const title = 'A repository for Flux with sixty apps'

/** All of it, and after one change, as the hook of a commit would. */
export default function flux() {
  const sixty = fluxTree(root, join(work, 'sixty'), 60)
  const env = { XDG_CACHE_HOME: join(sixty.folder, 'cache'), ...kustomizeEnvironment }
  const command = `${node('cli.cjs')} flux ${sixty.folder}`
  row('flux, all of it', measure(command, env).wall, { unit: 's', goal: 20 })
  const afterChanges = Array.from({ length: runs }, (_, index) => {
    const text = readFileSync(sixty.changed, 'utf8')
    writeFileSync(sixty.changed, text.replace(/interval: \d+m/, `interval: ${index + 1}m`))
    return measure(command, env).wall
  })
  row('flux, after one change', median(afterChanges), { unit: 's', goal: 2 })
}
