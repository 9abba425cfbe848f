import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { kustomizeEnvironment, node, root, work } from './context.mjs'

const TICKS_A_SECOND = 100
const programs = join(homedir(), '.cache/krm-hardening/argo-cd')

/** Builds argocd-cmp-server and a client from Argo CD's own packages. Gives why it cannot; undefined if it could. */
export function withoutArgoCD() {
  if (!existsSync('/proc/self/stat')) return 'the memory of a process is read from /proc'
  const { status, stderr, error } = spawnSync('go', ['build', '-mod=readonly', '-o', `${programs}/`, './...'], {
    cwd: join(root, 'test/e2e/argocd/argo-cd'),
    env: { ...process.env, GOFLAGS: '', CGO_ENABLED: '0' },
    encoding: 'utf8',
  })
  return status === 0 ? undefined : (error?.message ?? stderr).trim().split('\n').at(-1)
}

/** The real argocd-cmp-server with the command of the plugin, as it runs in the sidecar but for the container. */
export class PluginServer {
  #process
  #folder = join(work, 'argocd-server')
  #checkout = join(this.#folder, 'checkout')
  /** Of what it started and waited for, in seconds. Its own, with which it unpacks repositories, is not the plugin's. */
  get cpuOfPlugin() {
    // Behind the name of the program: state, and twelve numbers before user and system of the children.
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND
  }
  /** In MB. */
  get memory() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#process.pid}/status`, 'utf8'))[1]) / 1024
  }

  /** With a copy of what Kustomize reads of this repository, which is packed, sent and unpacked at each call. */
  async start() {
    for (const name of ['config', 'sockets', 'temporary']) mkdirSync(join(this.#folder, name), { recursive: true })
    for (const name of ['base', 'components', 'functions', 'overlays'])
      cpSync(join(root, name), join(this.#checkout, name), {
        recursive: true,
        filter: (path) => !/\/examples$/.test(path),
      })
    const plugin = parse(readFileSync(join(root, 'integrations/argocd/plugin.yaml'), 'utf8'))
    plugin.spec.generate.command[2] = `${node('argocd.cjs')}; exit $?`
    writeFileSync(join(this.#folder, 'config/plugin.yaml'), stringify(plugin))
    const options = ['--config-dir-path', join(this.#folder, 'config'), '--loglevel', 'error']
    const TMPDIR = join(this.#folder, 'temporary')
    this.#process = spawn(join(programs, 'argocd-cmp-server'), options, {
      env: { ...process.env, ...kustomizeEnvironment, ...this.#sockets, TMPDIR },
      stdio: 'ignore',
    })
    const socket = join(this.#folder, 'sockets', `${plugin.metadata.name}.sock`)
    while (!existsSync(socket)) {
      if (this.#process.exitCode !== null) throw new Error(`argocd-cmp-server ended with ${this.#process.exitCode}`)
      await setTimeout(50)
    }
  }

  get #sockets() {
    return { ARGOCD_PLUGINSOCKFILEPATH: join(this.#folder, 'sockets') }
  }

  /** The manifests of an Application, as argocd-repo-server asks for them. */
  async generate(path) {
    const source = JSON.stringify({ path, plugin: { name: 'krm-hardening' } })
    const client = spawn(join(programs, 'ask-plugin'), [source, this.#checkout, '120s'], {
      env: { ...process.env, ...this.#sockets },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return JSON.parse(Buffer.concat(await client.stdout.toArray()).toString()).manifests
  }

  /** It takes its time over a request to end. */
  stop() {
    this.#process.kill('SIGKILL')
  }
}
