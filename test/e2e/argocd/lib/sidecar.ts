import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { podmanEnvironment } from '../../../support/podman.ts'
import { root } from '../../../support/stacks.ts'
import { builtSidecar } from './image.ts'

const integration = join(root, 'integrations/argocd')

/** A container of a Pod, as far as it is needed here. */
export interface Container {
  name: string
  image: string
  command: string[]
  securityContext: {
    runAsUser: number
    readOnlyRootFilesystem: boolean
    allowPrivilegeEscalation: boolean
    capabilities: { drop: string[] }
  }
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]
}

/** The container that the component adds to argocd-repo-server. */
export const sidecar: Container = parse(readFileSync(join(integration, 'container.yaml'), 'utf8'))[0].value

/** What Argo CD reads in the sidecar. */
export const plugin: {
  metadata: { name: string }
  spec: { generate: { command: string[] }; parameters: { static: { name: string }[] } }
} = parse(readFileSync(join(integration, 'plugin.yaml'), 'utf8'))

const { securityContext } = sidecar

/** Options of `podman run` that confine a container as the sidecar is confined, without a network. */
export const CONFINEMENT: readonly string[] = [
  '--network=none',
  `--user=${securityContext.runAsUser}`,
  `--read-only=${securityContext.readOnlyRootFilesystem}`,
  '--read-only-tmpfs=false',
  '--tmpfs=/tmp:rw,exec,mode=1777',
  ...(securityContext.allowPrivilegeEscalation ? [] : ['--security-opt=no-new-privileges']),
  ...securityContext.capabilities.drop.map((capability) => `--cap-drop=${capability}`),
]

export interface How {
  /** The folder that is mounted at /repository, for reading alone. */
  checkout: string
  /** Where in it the program starts. */
  path: string
  env?: Record<string, string>
}

/** Runs a program in the sidecar's image, confined as the sidecar is, in a folder of a checkout. */
export const inSidecar = (program: readonly string[], { checkout, path, env = {} }: How): SpawnSyncReturns<string> =>
  spawnSync(
    'podman',
    [
      'run',
      '--rm',
      ...CONFINEMENT,
      `--volume=${checkout}:/repository:ro`,
      `--workdir=/repository/${path}`,
      ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
      `--entrypoint=${JSON.stringify(program)}`,
      builtSidecar(),
    ],
    { env: podmanEnvironment(), encoding: 'utf8', maxBuffer: 64 << 20 },
  )
