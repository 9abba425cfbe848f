import { join } from 'node:path'
import { findOnPath } from '../../../../cli/on-path.ts'
import { CACHE, goIn } from '../../../support/programs.ts'

const programs = join(CACHE, 'control-plane')
const go = goIn(
  join(__dirname, '../control-plane'),
  'Renderings are applied to a real Kubernetes, which Go 1.26 or later builds',
)

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
  go('build', ...flags, '-o', `${programs}/`, ...commands.map((name) => `k8s.io/kubernetes/cmd/${name}`))
  return {
    etcd: installed('etcd', 'the Debian package etcd-server'),
    kubectl: installed('kubectl', 'kubectl'),
    apiServer: join(programs, 'kube-apiserver'),
    controllerManager: join(programs, 'kube-controller-manager'),
  }
}

function installed(program: string, what: string): string {
  const path = findOnPath(program, process.env.PATH)
  if (!path) throw new Error(`${program} is not on PATH; install ${what}`)
  return path
}
