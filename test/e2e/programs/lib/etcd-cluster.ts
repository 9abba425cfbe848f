import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Workload } from '../../../../functions/lib/kubernetes/workload.ts'
import { Daemon } from './daemon.ts'
import { Loopback } from './loopback.ts'
import { expandedArgs, mainContainer } from './pod.ts'
import { program } from './program.ts'

/** The part of `etcdctl endpoint status` that is read here: one for each endpoint asked, in their order. */
interface Status {
  Status: { leader: number; header: { member_id: number } }
}

/**
 * The pods of an etcd StatefulSet as processes. Their arguments are the rendered ones, expanded as the kubelet expands
 * them; only what the cluster gives is mapped: DNS names and 0.0.0.0 to loopback addresses, the volume to a folder.
 */
export class EtcdCluster {
  readonly members: string[]
  readonly #workload: Workload
  readonly #endpoints: readonly string[]
  readonly #folder: string
  readonly #dns = new Loopback()
  readonly #running = new Map<string, Daemon>()

  /** `endpoints` are those that a client has configured, `host:port`; `folder` holds the data of all members. */
  constructor(workload: Workload, endpoints: readonly string[], folder: string) {
    const { replicas } = workload.object.spec as { replicas: number }
    this.members = Array.from({ length: replicas }, (_, ordinal) => `${workload.name}-${ordinal}`)
    this.#workload = workload
    this.#endpoints = endpoints
    this.#folder = folder
  }

  /** Starts members together, as a new cluster needs it, and waits until the readiness probe of each succeeds. */
  async start(...members: string[]): Promise<void> {
    for (const member of members) this.#running.set(member, new Daemon(program('etcd'), this.#args(member)))
    await Promise.all(members.map((member) => this.#running.get(member)?.answers(this.#readinessUrl(member))))
  }

  /** Kills members, as the failure of a node would. */
  async kill(...members: string[]): Promise<void> {
    await Promise.all(members.map((member) => this.#running.get(member)?.stop('SIGKILL')))
    for (const member of members) this.#running.delete(member)
  }

  /** The member that every running member calls the leader. */
  async leader(): Promise<string> {
    const members = this.members.filter((member) => this.#running.has(member))
    const [first] = this.#running.values()
    if (!first) throw new Error('no member runs')
    return first.until('waiting for a leader that all agree on', async () => {
      const statuses = JSON.parse(this.#etcdctl(members, 'endpoint', 'status', '--write-out=json')) as Status[]
      const [leader, another] = new Set(statuses.map(({ Status }) => Status.leader))
      const index = statuses.findIndex(({ Status }) => Status.header.member_id === leader)
      return another === undefined ? members[index] : undefined
    })
  }

  /** Who etcd says its members are, sorted. */
  membersByEtcd(): string[] {
    const answer = this.#etcdctl(this.members, 'member', 'list', '--write-out=json')
    return (JSON.parse(answer) as { members: { name: string }[] }).members.map(({ name }) => name).sort()
  }

  /** Throws where the members do not acknowledge it. */
  put(key: string, value: string): void {
    this.#etcdctl(this.members, 'put', key, value)
  }

  /** The value of a key as these members know it, '' where it has none. */
  get(key: string, members = this.members): string {
    return this.#etcdctl(members, 'get', '--print-value-only', key).trimEnd()
  }

  /** Asks these members, in their order. */
  #etcdctl(members: readonly string[], ...args: string[]): string {
    const asked = members.map((member) => this.#endpoints.find((endpoint) => endpoint.startsWith(`${member}.`)))
    const all = [`--endpoints=${this.#dns.resolve(asked.join())}`, ...args]
    const { status, stdout, stderr, error } = spawnSync(program('etcdctl'), all, { encoding: 'utf8', timeout: 60_000 })
    if (error) throw error
    if (status !== 0) throw new Error(`etcdctl ${args.join(' ')}: ${stderr}`)
    return stdout
  }

  #readinessUrl(member: string): string {
    const { readinessProbe, ports } = mainContainer(this.#workload)
    const port = ports?.find(({ name }) => name === readinessProbe?.httpGet?.port)?.containerPort
    return `http://${this.#address(member)}:${port}${readinessProbe?.httpGet?.path}`
  }

  #address(member: string): string {
    const { object, namespace } = this.#workload
    const { serviceName } = object.spec as { serviceName: string }
    return this.#dns.address(`${member}.${serviceName}.${namespace}.svc.cluster.local`)
  }

  #args(member: string): string[] {
    const container = mainContainer(this.#workload)
    const volume = container.volumeMounts?.find(({ mountPath }) => container.args?.includes(`--data-dir=${mountPath}`))
    if (!volume) throw new Error(`${this.#workload.name}: expected --data-dir to be a mounted volume`)
    return expandedArgs(container, { name: member, namespace: this.#workload.namespace }).map((arg) =>
      this.#dns
        .resolve(arg)
        .replaceAll('0.0.0.0', this.#address(member))
        .replace(`=${volume.mountPath}`, `=${join(this.#folder, member)}`),
    )
  }
}
