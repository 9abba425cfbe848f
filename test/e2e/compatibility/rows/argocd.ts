import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { imageReference } from '../../../support/image.ts'
import { objectsOf, root } from '../../../support/stacks.ts'
import { Checkout } from '../../argocd/lib/checkout.ts'
import { PluginServer, sourceOf } from '../../argocd/lib/server.ts'
import { inSidecar, plugin } from '../../argocd/lib/sidecar.ts'
import { ABSENT, pinnedBuild } from '../lib/build.ts'
import { NO_ENGINE, type Row, SAME_BYTES } from '../lib/row.ts'

const PATH = 'overlays/dev/tidb-operator'

let server: PluginServer | undefined
const checkouts: Checkout[] = []

/** What argocd-cmp-server answers for a checkout, in the image of the sidecar as its user. */
const ask = (checkout: Checkout) => {
  if (server === undefined) throw new Error('argocd-cmp-server has not been started')
  return server.ask(sourceOf(PATH), checkout.folder)
}

function checkout(): Checkout {
  const made = new Checkout()
  checkouts.push(made)
  return made
}

/** How the plugin's command ended, as the server says; fails unless it gives the reason too. */
function failed({ stderr, answer }: ReturnType<typeof ask>, reason: string | RegExp): string {
  expect(stderr).toMatch(reason)
  const exit = /failed exit status (\d+)/.exec(stderr)?.[1]
  return `exit ${exit}, ${answer === undefined ? 'no answer' : 'manifests'}`
}

export const argoCd: Row = {
  program: 'Argo CD plugin',
  version: () => {
    const pinned = readFileSync(join(root, 'test/e2e/argocd/argo-cd/go.mod'), 'utf8')
    return `argocd-cmp-server ${/^require github\.com\/argoproj\/argo-cd\/v3 (\S+)$/m.exec(pinned)?.[1]}`
  },
  engine: 'its own, uid 999 in Podman',
  start: async () => {
    server = await PluginServer.start()
  },
  stop: () => {
    server?.stop()
    for (const made of checkouts) made.remove()
  },
  cells: {
    Result: async () => {
      const made = checkout()
      const expected = await pinnedBuild(PATH)
      expect(ask(made).answer?.manifests.map((manifest) => JSON.parse(manifest))).toEqual(objectsOf(expected))
      const command = inSidecar(plugin.spec.generate.command, { checkout: made.folder, path: PATH })
      expect(command.stdout).toBe(expected)
      return SAME_BYTES
    },
    'policy error': async () => {
      const made = checkout()
      made.edit('overlays/hardening/images.yaml', 'pingcap/tidb-operator:v1.6.3', 'pingcap/tidb-operator:v1.6.2')
      return failed(ask(made), /error: image-mirror-digest\/missing-digest: .*pingcap\/tidb-operator:v1\.6\.3/)
    },
    'missing engine': NO_ENGINE,
    'unknown image': async () => {
      const made = checkout().edit('functions/hardening/policy.yaml', imageReference(), ABSENT)
      return failed(ask(made), `no container engine found in PATH to run the function image ${ABSENT}`)
    },
  },
}
