import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { eventually } from '../../../support/eventually.ts'
import { podman } from '../../../support/podman.ts'
import { builtArgoCD } from './argo-cd.ts'
import { builtSidecar } from './image.ts'
import { CONFINEMENT, plugin, sidecar } from './sidecar.ts'

/** Of an Application. */
export interface Source {
  path: string
  plugin: { name: string; parameters?: { name: string; string: string }[] }
}

export const sourceOf = (path: string, ...parameters: { name: string; string: string }[]): Source => ({
  path,
  plugin: { name: plugin.metadata.name, parameters },
})

interface Answer {
  parameters: { name: string }[]
  /** Each an object, as JSON. */
  manifests: string[]
}

/** The real argocd-cmp-server, in a container as the component describes it. */
export class PluginServer {
  readonly #argocd = builtArgoCD()
  readonly #volumes = mkdtempSync(join(tmpdir(), 'cmp-'))
  readonly container: string

  /** With the mounts of the component, as a kubelet would. */
  private constructor() {
    chmodSync(this.#volumes, 0o755)
    for (const { name } of sidecar.volumeMounts) mkdirSync(join(this.#volumes, name))
    // Any user may write to an emptyDir.
    chmodSync(join(this.#volumes, 'plugins'), 0o777)
    const server = join(this.#volumes, 'var-files', basename(sidecar.command[0] ?? ''))
    spawnSync('cp', [this.#argocd.server, server])
    const mounts = sidecar.volumeMounts
      .filter(({ mountPath }) => mountPath !== '/tmp')
      .map(
        ({ name, mountPath, readOnly }) => `--volume=${join(this.#volumes, name)}:${mountPath}${readOnly ? ':ro' : ''}`,
      )
    const entrypoint = `--entrypoint=${JSON.stringify(sidecar.command)}`
    this.container = podman('run', '--detach', ...CONFINEMENT, ...mounts, entrypoint, builtSidecar()).trim()
  }

  /** Gives the server once it listens; throws with its log if it never does. */
  static async start(): Promise<PluginServer> {
    const server = new PluginServer()
    const socket = join(server.#volumes, 'plugins', `${plugin.metadata.name}.sock`)
    if (await eventually(() => existsSync(socket), Boolean)) return server
    throw new Error(`no ${socket}: ${podman('logs', server.container)}`)
  }

  stop(): void {
    podman('rm', '--force', '--time', '0', this.container)
    rmSync(this.#volumes, { recursive: true })
  }

  /** Asks as argocd-repo-server does. No answer where it fails. */
  ask(source: Source, checkout: string, timeout = '120s') {
    const { status, stdout, stderr } = spawnSync(this.#argocd.askPlugin, [JSON.stringify(source), checkout, timeout], {
      env: { ...process.env, ARGOCD_PLUGINSOCKFILEPATH: join(this.#volumes, 'plugins') },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    })
    return { status, stderr, answer: stdout === '' ? undefined : (JSON.parse(stdout) as Answer) }
  }
}
