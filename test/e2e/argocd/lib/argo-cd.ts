import { join } from 'node:path'
import { CACHE, goIn } from '../../../support/programs.ts'

const programs = join(CACHE, 'argo-cd')
const go = goIn(
  join(__dirname, '../argo-cd'),
  'The plugin is tested in the real argocd-cmp-server, which Go 1.26.3 or later builds',
)

export interface ArgoCD {
  /** argocd-cmp-server, linked so that it runs in any image. */
  server: string
  /** Asks a plugin as argocd-repo-server does. */
  askPlugin: string
}

/** Builds Argo CD's own server of plugins, and a client from its own packages. Throws with what Go says. */
export function builtArgoCD(): ArgoCD {
  go('build', '-mod=readonly', '-o', `${programs}/`, './...')
  return { server: join(programs, 'argocd-cmp-server'), askPlugin: join(programs, 'ask-plugin') }
}

/** The folder of the manifests of argocd-repo-server that Argo CD publishes. Throws with what Go says. */
export function repoServerManifests(): string {
  const { Dir } = JSON.parse(go('mod', 'download', '-json', 'github.com/argoproj/argo-cd/v3')) as { Dir: string }
  return join(Dir, 'manifests/base/repo-server')
}
