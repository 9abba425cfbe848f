import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { PluginServer, withoutArgoCD } from '../lib/argocd-server.mjs'
import { node, notMeasured, ratioRow, render, root, row } from '../lib/context.mjs'
import { measure } from '../lib/measure.mjs'

export const title = 'Argo CD'

/** How often the server is asked: 1,000 times take minutes. */
const GENERATES = Number(process.env.GENERATES ?? 30)
const WARM_UP = 5

/** What Argo CD starts in the sidecar for an Application, and its own server of plugins that starts it. */
export default async function argocd() {
  const folder = join(root, 'overlays/dev/mimir')
  const generate = { command: `cd ${folder} && { ${node('argocd.cjs')}; }` }
  ratioRow('mimir, the command of the Argo CD plugin ÷ render', generate, render(folder), { goal: 1.05 })
  const why = withoutArgoCD()
  if (why !== undefined) return notMeasured('argocd-cmp-server', why)
  const server = new PluginServer()
  try {
    await server.start()
    await rowsOf(server)
  } finally {
    server.stop()
  }
}

async function rowsOf(server) {
  const [mimir, etcd] = ['overlays/dev/mimir', 'overlays/dev/cilium-etcd']
  const alone = [await server.generate(mimir), await server.generate(etcd)]
  for (let count = 0; count < WARM_UP; count++) await server.generate(etcd)
  const before = { cpu: server.cpuOfPlugin, memory: server.memory }
  for (let count = 0; count < GENERATES; count++) await server.generate(etcd)
  const ofOne = (server.cpuOfPlugin - before.cpu) / GENERATES
  row(
    'cilium-etcd, what argocd-cmp-server starts for a generate ÷ render',
    ofOne / measure(render(join(root, etcd)).command).cpu,
  )
  row(`argocd-cmp-server, memory after ${GENERATES} generates ÷ before`, server.memory / before.memory, { goal: 1.15 })
  const together = await Promise.all([server.generate(mimir), server.generate(etcd)])
  if (!isDeepStrictEqual(together, alone)) throw new Error('two generates at once answer otherwise than one by one')
}
