import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { nearest } from '../../../functions/lib/framework/did-you-mean.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import { endpointsIn, type HostAndPort } from '../texts/endpoints.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { namesHost, namesNoHost, portsNextTo } from '../texts/names.ts'
import { callerOf, callsTo } from './calls.ts'
import { type ResolvedHost, resolveHost } from './resolve-host.ts'

/** Keys whose URLs are links for people, or identify something. */
const LINK =
  /^\$?(?:schema|id|xmlns(?::\w+)?|href|link|links|homepage|home|website|docs?|documentation|license|licence|licenseurl|icon|logo|image|img|avatar|picture|help|support|terms|privacy|copyright|source|repository|repo|runbook_?url|generatorurl|description|title|text|comment|annotation|about|info|summary|message|author|vendor|issues)$/i

/**
 * Who calls whom by the hosts in the values that pods are given. A Service and its port are certain, in the build and in
 * another namespace. A host outside is a guess, because not every URL is called. So is a value that several workloads
 * share. `publicHosts` are the hosts under which the build itself is reached, by the object that says so.
 */
export function readTexts(
  values: readonly GivenValue[],
  topology: Topology,
  publicHosts: ReadonlyMap<string, string>,
): Read {
  const upstreams = upstreamsIn(values)
  return join(
    values
      .filter(({ name }) => name === undefined || !LINK.test(name) || namesHost(name))
      .flatMap((value) =>
        endpointsIn(value.text)
          .filter(({ host }) => !upstreams.get(value.source)?.has(host))
          .map((endpoint) => readEndpoint(value, endpoint, topology, publicHosts)),
      ),
  )
}

/** Names that a file gives its own groups of servers: `upstream api { … }` makes `http://api` no host. */
function upstreamsIn(values: readonly GivenValue[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const { source, text, isOfFile } of values) {
    const name = isOfFile
      ? /^\s*(?:upstream|backend|resolver)\s+["']?([\w.-]+)["']?\s*\{?\s*$/.exec(text)?.[1]
      : undefined
    if (name !== undefined) names.set(source, (names.get(source) ?? new Set<string>()).add(name.toLowerCase()))
  }
  return names
}

const NOTHING: Read = { proposals: [], notes: [] }
const note = (text: string): Read => ({ proposals: [], notes: [text] })

function readEndpoint(
  value: GivenValue,
  endpoint: HostAndPort,
  topology: Topology,
  publicHosts: ReadonlyMap<string, string>,
): Read {
  const target = resolveHost(endpoint.host, value.workload.namespace, topology)
  if (!target) return NOTHING
  const ports = endpoint.port === undefined ? portsNextTo(value.name, value.siblings) : [endpoint.port]
  switch (target.type) {
    case 'service':
      return readService(value, endpoint, target, ports, topology)
    case 'made':
      return readMade(value, endpoint, target, ports, topology)
    case 'missing':
      return readMissing(value, endpoint, target, topology)
    case 'elsewhere':
      return readElsewhere(value, endpoint, target, ports, topology)
    case 'external':
      return readExternal(value, endpoint, target, ports, topology, publicHosts)
  }
}

function readService(
  value: GivenValue,
  endpoint: HostAndPort,
  target: Extract<ResolvedHost, { type: 'service' }>,
  ports: readonly number[],
  topology: Topology,
): Read {
  const { workload, source, name } = value
  // A name without a dot may be anything that happens to have the name of a Service.
  const isBare =
    endpoint.form === 'name' && !target.isQualified && endpoint.portName === undefined && ports.length === 0
  if (isBare && name !== undefined && namesNoHost(name)) return NOTHING
  const isSure = !isBare || (name !== undefined && namesHost(name))
  const dialled = ports.length > 0 ? ports : endpoint.portName !== undefined ? [endpoint.portName] : undefined
  const calls = callsTo(target.service, dialled, workload, target.isPod, topology)
  if (calls.proposals.length === 0 && calls.carried !== undefined)
    return note(
      `${source}: names port ${ports.join(', ')} of Service ${target.service.name}, which carries ${calls.carried}`,
    )
  return {
    proposals: calls.proposals.map((call) => ({
      ...call,
      source: call.question ? `${source}, ${call.question}` : source,
      certain: call.certain && isSure && !value.isShared,
    })),
    notes: [],
  }
}

/** A Service that an operator makes is as certain as one of the build: the custom resource says that it will be there. */
function readMade(
  { workload, source, name, isShared }: GivenValue,
  { form }: HostAndPort,
  { service, pods }: Extract<ResolvedHost, { type: 'made' }>,
  ports: readonly number[],
  topology: Topology,
): Read {
  if (form === 'name' && name !== undefined && namesNoHost(name)) return NOTHING
  const proposals = pods.flatMap((made) => {
    const carried = Object.keys(made.services?.[service] ?? {}).map(Number)
    const [first] = carried
    const dialled = ports.length > 0 ? ports : first === undefined ? [] : [first]
    const isSure =
      (form !== 'name' || (name !== undefined && namesHost(name))) && (ports.length > 0 || carried.length === 1)
    return dialled.map((port): Proposal => {
      const { namespace } = made
      const onPods = made.ports.find((one) => one.port === (made.services?.[service]?.[port] ?? port))
      return {
        destination: `${namespace}/${made.name}`,
        port: onPods?.name ?? port,
        portNumber: port,
        caller: callerOf(workload, namespace, topology),
        ...(Object.keys(made.services ?? {}).length > 1 && { service }),
        source,
        certain: isSure && !isShared,
      }
    })
  })
  return { proposals, notes: [] }
}

/** Only text that must be a host is reported as missing: a URL, or the value of a key that is named after a host. */
function readMissing(
  { source, name }: GivenValue,
  { form }: HostAndPort,
  target: Extract<ResolvedHost, { type: 'missing' }>,
  topology: Topology,
): Read {
  const isHost = form === 'url' || (name !== undefined && namesHost(name) && !namesNoHost(name) && form === 'address')
  if (!isHost) return NOTHING
  const names = topology.services
    .filter(({ namespace }) => namespace === target.namespace)
    .map((service) => service.name)
  const near = nearest(target.name, names)
  return note(
    `${source}: names Service ${target.name}, which namespace ${target.namespace} of this build does not have${near ? `; did you mean ${near}?` : ''}; if another build has it, add the flow ${target.namespace}/${target.name}`,
  )
}

function readElsewhere(
  { workload, source, isShared, isSecret }: GivenValue,
  { form }: HostAndPort,
  { namespace, name, isClusterName }: Extract<ResolvedHost, { type: 'elsewhere' }>,
  ports: readonly number[],
  topology: Topology,
): Read {
  // Without `.svc` a name of two parts may be a file, a version, or part of a password.
  if (!isClusterName && (form === 'name' || (form !== 'url' && isSecret))) return NOTHING
  if (ports.length === 0)
    return note(
      `${source}: names Service ${name} of namespace ${namespace} without a port; add the flow ${namespace}/${name} if it is called`,
    )
  const caller = callerOf(workload, namespace, topology)
  const certain = isClusterName && !isShared
  return {
    proposals: ports.map((port) => ({ destination: `${namespace}/${name}`, port, caller, source, certain })),
    notes: [],
  }
}

/** Names of settings that tell a program how browsers reach it, or from which origins. */
const OWN_ADDRESS =
  /(?:^|[_.-])(?:public|external|canonical|cors|allowed|origins?|redirect|callback|root)(?:$|[_.-])|(?:Public|External|Canonical|Cors|Allowed|Origins?|Redirect|Callback|Root)(?=$|[A-Z_])/i

function readExternal(
  value: GivenValue,
  { form }: HostAndPort,
  { host }: Extract<ResolvedHost, { type: 'external' }>,
  ports: readonly number[],
  topology: Topology,
  publicHosts: ReadonlyMap<string, string>,
): Read {
  const { workload, source, isSecret, isOfFile, text } = value
  // A password may look like host:port, and a proposal is written to a file.
  if (ports.length === 0 || (form !== 'url' && isSecret)) return NOTHING
  if (value.name !== undefined && OWN_ADDRESS.test(value.name)) return NOTHING
  // In prose a URL is a link.
  if (isOfFile && /\s/.test(text.trim().replace(/[,;]$/, ''))) return NOTHING
  const servedBy = publicHosts.get(host)
  const origin = servedBy === undefined ? source : `${source}, though ${servedBy} serves this host`
  const caller = callerOf(workload, undefined, topology)
  return {
    proposals: ports.map(
      (port): Proposal => ({ destination: `external/${host}`, port, caller, source: origin, certain: false }),
    ),
    notes: [],
  }
}
