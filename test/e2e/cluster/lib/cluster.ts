import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { type Ended, run } from '../../../cli/lib/command-line.ts'
import { eventually } from '../../../support/eventually.ts'
import { freePort } from '../../../support/free-port.ts'
import type { Programs } from './programs.ts'

/** Kubernetes without nodes: its API server with Pod Security admission, and the controllers that make pods. */
export interface Cluster {
  kubectl(args: readonly string[], stdin?: string): Promise<Ended>
  /** Every object of these resources, in all namespaces. */
  list(...resources: string[]): Promise<KubernetesObject[]>
  /** A kubeconfig for an account that has this token; without one, for an administrator. */
  kubeconfig(token?: string): string
  /** Ends the API server, and starts it again when the function is called that this gives. */
  stopServer(): Promise<() => Promise<void>>
  stop(): Promise<void>
}

/**
 * Starts a control plane on loopback, its data in a folder of its own. Its programs cannot say which port the system gave
 * them, so they are told free ones, and are started again on others if a port was taken before they bound it.
 * Throws, with what it logged, where it does not come up.
 */
export async function startCluster(programs: Programs): Promise<Cluster> {
  for (let left = 10; ; left--) {
    try {
      return await startOnFreePorts(programs)
    } catch (cause) {
      if (left === 0 || !/address already in use/.test((cause as Error).message)) throw cause
    }
  }
}

async function startOnFreePorts(programs: Programs): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'test-cluster-'))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()]
  const running: ChildProcess[] = []
  const start = (program: string, ...args: string[]): ChildProcess => {
    const log = openSync(join(folder, `${running.length}.log`), 'w')
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', log, log] })
    running.push(child)
    return child
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = file('service-accounts.key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())
  const kubeconfigFor = (token: string): string =>
    file(`kubeconfig-${token.slice(-8)}`, JSON.stringify(kubeconfigOf(`https://127.0.0.1:${secure}`, token)))
  const kubeconfig = kubeconfigFor(TOKEN)
  start(
    programs.etcd,
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
  )
  const server = [
    programs.apiServer,
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--cert-dir=${folder}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    // Services without kube-proxy: what the server itself calls, a test answers at the address of the Service.
    `--service-cluster-ip-range=${SERVICES}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${file('tokens.csv', `${TOKEN},admin,1,system:masters\n`)}`,
    '--authorization-mode=RBAC',
    // A cluster where stacks may ask for privileged pods: what stops them is Pod Security alone.
    '--allow-privileged=true',
  ] as const
  let serving = start(...server)
  const kubectl = (args: readonly string[], stdin?: string): Promise<Ended> =>
    run(programs.kubectl, ['--kubeconfig', kubeconfig, ...args], { ...(stdin !== undefined && { stdin }) })
  const stop = async (): Promise<void> => {
    // Stops the server before its store, or it would wait for the store in vain.
    for (const child of running.toReversed()) await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  const isReady = (): Promise<Ended> =>
    eventually(
      () => kubectl(['get', '--raw=/readyz']),
      ({ exitCode }) => exitCode === 0 || serving.exitCode !== null || running[0]?.exitCode !== null,
    )
  const ready = await isReady()
  if (ready.exitCode !== 0) {
    const logs = running.map((_, index) => readFileSync(join(folder, `${index}.log`), 'utf8').slice(-4000))
    await stop()
    throw new Error(`The control plane does not come up: ${ready.stderr}\n${logs.join('\n')}`)
  }
  start(
    programs.controllerManager,
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${key}`,
    '--leader-elect=false',
    '--secure-port=0',
  )
  const list = async (...resources: string[]): Promise<KubernetesObject[]> => {
    const { stdout, stderr, exitCode } = await kubectl(['get', resources.join(), '--all-namespaces', '--output=json'])
    if (exitCode !== 0) throw new Error(`kubectl get: ${stderr}`)
    return (JSON.parse(stdout) as { items: KubernetesObject[] }).items
  }
  const stopServer = async (): Promise<() => Promise<void>> => {
    await end(serving)
    return async () => {
      serving = start(...server)
      const { exitCode, stderr } = await isReady()
      if (exitCode !== 0) throw new Error(`The API server does not come up again: ${stderr}`)
    }
  }
  return { kubectl, list, kubeconfig: (token = TOKEN) => kubeconfigFor(token), stopServer, stop }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
  child.kill('SIGKILL')
  await ended
}

/** Loopback, so that a test can listen there. */
const SERVICES = '127.20.0.0/24'

const TOKEN = 'of-the-tests'

const kubeconfigOf = (server: string, token: string): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  // The server makes its certificate itself.
  clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
  users: [{ name: 'admin', user: { token } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  'current-context': 'test',
})
