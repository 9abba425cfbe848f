import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../lib/stacks.ts'

/** Pins Argo CD, with the checksums of all that it is made from. */
const module = join(__dirname, '../argo-cd')
const programs = join(root, 'node_modules/.cache/krm-hardening/argo-cd')

/** How long Go may take where it has compiled none of it before, in milliseconds. */
export const TIME_TO_BUILD = 1_500_000

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

/** One at a time, since test files run side by side. */
function go(...args: string[]): string {
  mkdirSync(programs, { recursive: true })
  try {
    return execFileSync('flock', [join(programs, 'lock'), 'go', ...args], {
      cwd: module,
      env: { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' },
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 64 << 20,
    })
  } catch (cause) {
    throw new Error('The plugin is tested in the real argocd-cmp-server, which Go 1.26.3 or later builds. Go said:', {
      cause,
    })
  }
}
