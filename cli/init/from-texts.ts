import type { Topology } from '../../functions/lib/flows/topology.ts'
import { type Endpoint, endpointsIn } from './endpoints.ts'
import type { PodText } from './pod-texts.ts'
import { callerOf, destinationOf, join, type Proposal, type Read } from './proposal.ts'
import { resolveHost, type Target } from './resolve-host.ts'

/** Where the parts of a name of a variable or key say that its value is a host. */
const HOST_KEY = /(HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/i

/**
 * Who calls whom by the hosts in what pods are given: Services of the build with a port are certain; a host without
 * one, in another namespace or outside the cluster is a guess, since not every URL is called.
 * `publicHosts` are the hosts under which the build itself is reached, by the object that says so.
 */
export const readTexts = (
  texts: readonly PodText[],
  topology: Topology,
  publicHosts: ReadonlyMap<string, string>,
): Read =>
  join(texts.flatMap((text) => endpointsIn(text.text).map((at) => readEndpoint(text, at, topology, publicHosts))))

function readEndpoint(
  text: PodText,
  { host, port = portBeside(text), isUrl }: Endpoint,
  topology: Topology,
  publicHosts: ReadonlyMap<string, string>,
): Read {
  const { workload, source } = text
  const target = resolveHost(host, workload.namespace, topology)
  const guess = { source, certain: false }
  if (target?.type === 'service') return callToService(text, target, port, topology)
  // A password may look like host:port, and what is proposed is written down.
  const isHost = target?.type !== 'external' || (port !== undefined && (isUrl || !text.isSecret))
  if (!target || !isHost) return { proposals: [], notes: [] }
  if (port === undefined)
    return { proposals: [], notes: [`${source}: names ${host} without a port; add a flow if it is called`] }
  if (target.type === 'elsewhere') {
    const caller = callerOf(workload, target.namespace, topology)
    return { proposals: [{ destination: `${target.namespace}/${target.name}`, port, caller, ...guess }], notes: [] }
  }
  const ownName = publicHosts.get(target.host)
  const caller = callerOf(workload, undefined, topology)
  const origin = ownName === undefined ? source : `${source}, though ${ownName} serves this host`
  return {
    proposals: [{ destination: `external/${target.host}`, port, caller, source: origin, certain: false }],
    notes: [],
  }
}

function callToService(
  { workload, source }: PodText,
  { service, isPod }: Extract<Target, { type: 'service' }>,
  port: number | undefined,
  topology: Topology,
): Read {
  const callees = topology.workloadsBehind(service)
  const isOwn = callees.some(({ object }) => object === workload.object)
  const name = `Service ${service.name}`
  // Its own name without a port is what it is called, not whom it calls.
  if (port === undefined && isOwn) return { proposals: [], notes: [] }
  if (callees.length === 0)
    return {
      proposals: [],
      notes: [
        `${source}: names ${name}, which selects no pod of the build; add a flow with a selector if it is called`,
      ],
    }
  const ports = port === undefined ? service.ports.map((carried) => carried.port) : [port]
  const proposals = ports.flatMap((dialled) =>
    callees.flatMap((callee): Proposal[] => {
      const destination = destinationOf(callee, service, dialled, topology)
      const isSelf = callee.object === workload.object
      const caller = isSelf ? 'self' : callerOf(workload, callee.namespace, topology)
      return destination ? [{ ...destination, caller, source, certain: port !== undefined && (!isSelf || isPod) }] : []
    }),
  )
  const carried = service.ports.map((one) => one.name ?? one.port).join(', ')
  return {
    proposals,
    notes: proposals.length > 0 ? [] : [`${source}: names port ${port} of ${name}, which carries ${carried || 'none'}`],
  }
}

/** `REDIS_PORT` beside `REDIS_HOST`. */
function portBeside({ name, beside }: PodText): number | undefined {
  if (name === undefined || !HOST_KEY.test(name)) return undefined
  const port = beside(name.replace(HOST_KEY, (word) => (word === word.toLowerCase() ? 'port' : 'PORT')))
  return port !== undefined && /^\d{1,5}$/.test(port.trim()) ? Number(port) : undefined
}
