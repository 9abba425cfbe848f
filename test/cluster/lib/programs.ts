import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findOnPath } from '../../../cli/on-path.ts'
import { root } from '../../lib/stacks.ts'

/** Pins Kubernetes, with the checksums of all that it is made from. */
const module = join(__dirname, '../control-plane')
const programs = join(root, 'node_modules/.cache/krm-hardening/control-plane')

/** How long Go may take where it has compiled none of it before, in milliseconds. */
export const TIME_TO_BUILD = 1_500_000

/** What a control plane is made of, and what asks it: paths of programs. */
export interface Programs {
  etcd: string
  kubectl: string
  apiServer: string
  controllerManager: string
}

/** The server and the controllers of Kubernetes, built from their release; etcd and kubectl from PATH. Throws where one cannot be had. */
export function builtPrograms(): Programs {
  const { Version: version } = JSON.parse(go('list', '-m', '-json', 'k8s.io/kubernetes')) as { Version: string }
  const commands = ['kube-apiserver', 'kube-controller-manager']
  const flags = ['-mod=readonly', `-ldflags=-X k8s.io/component-base/version.gitVersion=${version}`]
  mkdirSync(programs, { recursive: true })
  go('build', ...flags, '-o', `${programs}/`, ...commands.map((name) => `k8s.io/kubernetes/cmd/${name}`))
  return {
    etcd: installed('etcd', 'the Debian package etcd-server'),
    kubectl: installed('kubectl', 'kubectl'),
    apiServer: join(programs, 'kube-apiserver'),
    controllerManager: join(programs, 'kube-controller-manager'),
  }
}

function go(...args: string[]): string {
  try {
    return execFileSync('go', args, {
      cwd: module,
      env: { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' },
      encoding: 'utf8',
      stdio: 'pipe',
    })
  } catch (cause) {
    throw new Error('Renderings are applied to a real Kubernetes, which Go 1.26 or later builds. Go said:', { cause })
  }
}

function installed(program: string, what: string): string {
  const path = findOnPath(program, process.env.PATH)
  if (!path) throw new Error(`${program} is not on PATH; install ${what}`)
  return path
}
