import { join } from 'node:path'
import { node, ratioRow, render, root } from '../lib/context.mjs'

export const title = 'Argo CD'

/** What Argo CD starts in the sidecar for an Application. */
export default function argocd() {
  const folder = join(root, 'overlays/dev/mimir')
  const generate = { command: `cd ${folder} && { ${node('argocd.cjs')}; }` }
  ratioRow('mimir, the command of the Argo CD plugin ÷ render', generate, render(folder), { goal: 1.05 })
}
