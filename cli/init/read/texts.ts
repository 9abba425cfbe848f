import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import { isCall, isSaid } from '../texts/commands.ts'
import { endpointsIn, type HostAndPort, isOnlyHosts, protocolOf } from '../texts/endpoints.ts'
import { type GivenValue, NODE } from '../texts/given-values.ts'
import {
  isHostSetting,
  namesHost,
  namesNoCall,
  namesNoHost,
  namesOwnAddress,
  namesPeers,
  portsNextTo,
} from '../texts/names.ts'
import { callerOf, callsTo } from './calls.ts'
import { dedicatedObjects } from './dedicated.ts'
import { missing } from './missing.ts'
import { readNode } from './nodes.ts'
import { readOutside } from './outside.ts'
import type { PublicHost } from './public-hosts.ts'
import { type ResolvedHost, resolveHost } from './resolve-host.ts'

/** Keys whose URLs are links for people, or identify something, and settings of resolvers: DNS needs no flow. */
const NO_CALL =
  /^\$?(?:schema|id|xmlns(?::\w+)?|href|link|links|homepage|home|website|docs?|documentation|license|licence|licenseurl|icon|logo|image|img|avatar|picture|help|support|terms|privacy|copyright|source|repository|repo|runbook_?url|generatorurl|description|title|text|comment|annotation|about|info|summary|message|author|vendor|issues|resolvers?|nameservers?|server_name)$/i

/**
 * Who calls whom by the hosts in the values that pods are given. A Service and its port are certain, in the build and in
 * another namespace. A host outside is a guess, because not every URL is called. So is a value that several workloads
 * share. `publicHosts` are the hosts under which the build itself is reached, by the object that says so.
 */
export function readTexts(
  values: readonly GivenValue[],
  topology: Topology,
  publicHosts: ReadonlyMap<string, PublicHost>,
): Read {
  const upstreams = upstreamsIn(values)
  const dedicated = dedicatedObjects(values, topology)
  return join(
    values
      .map((value) => (value.object && dedicated.has(value.object) ? { ...value, isDedicated: true } : value))
      .filter(({ name, isOfFile }) => name === undefined || !isLink(name, isOfFile))
      .flatMap((value) => callersInstead(value, topology))
      .flatMap((value) =>
        endpointsIn(value.text)
          .filter(({ host }) => !upstreams.get(value.source)?.has(host))
          .map((endpoint) => readEndpoint(value, endpoint, topology, publicHosts)),
      ),
  )
}

/** Is it a link for people? What a program is told to clone is none. */
const isLink = (name: string, isOfFile: boolean): boolean =>
  namesNoCall(name) || (NO_CALL.test(name) && !namesHost(name) && (isOfFile || !CLONED.test(name)))
const CLONED = /^(?:source|repo|repository)$/i

/** The value, as one of what calls instead of the workload that is given it. */
function callersInstead(value: GivenValue, topology: Topology): GivenValue[] {
  if (value.via === undefined) return [value]
  return endpointsIn(value.via).flatMap(({ host }) => {
    const target = resolveHost(host, value.workload.namespace, topology)
    const workloads = target?.type === 'service' ? topology.workloadsBehind(target.service) : []
    return workloads.map((workload) => ({ ...value, workload }))
  })
}

/** Names that a file gives its own groups of servers: `upstream api { … }` makes `http://api` no host. */
function upstreamsIn(values: readonly GivenValue[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const { source, text, isOfFile } of values) {
    const name = isOfFile
      ? /^\s*(?:upstream|backend|resolvers?)\s+["']?([\w.-]+)["']?\s*\{?\s*$/.exec(text)?.[1]
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
  publicHosts: ReadonlyMap<string, PublicHost>,
): Read {
  const ports = endpoint.port === undefined ? portsNextTo(value.name, value.siblings) : [endpoint.port]
  if (endpoint.host === NODE) return readNode(value, ports, topology)
  const target = resolveHost(endpoint.host, value.workload.namespace, topology)
  if (!target) return NOTHING
  switch (target.type) {
    case 'service':
      return readService(value, endpoint, target, ports, topology)
    case 'made':
      return readMade(value, endpoint, target, ports, topology)
    case 'missing':
      return readMissing(value, endpoint, target, ports, topology)
    case 'elsewhere':
      return readElsewhere(value, endpoint, target, ports, topology)
    case 'external':
      return readOutside(value, endpoint, target, ports, topology, publicHosts)
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
  const isHost = name !== undefined && namesHost(name)
  if (isBare && name !== undefined && (namesNoHost(name) || ((value.isOfFile || isList(value)) && !isHost)))
    return NOTHING
  const isSure = (!isBare || isHost) && endpoint.form !== 'lookup'
  const dialled = ports.length > 0 ? ports : endpoint.portName !== undefined ? [endpoint.portName] : undefined
  const calls = callsTo(target.service, dialled, workload, topology, {
    isPod: target.isPod,
    protocol: endpoint.protocol === 'UDP' ? 'UDP' : undefined,
    isPeer: name !== undefined && namesPeers(name),
  })
  if (calls.proposals.length === 0 && calls.carried !== undefined)
    return note(
      `${source}: names port ${ports.join(', ')} of Service ${target.service.name}, which carries ${calls.carried}`,
    )
  // Of addresses that all pods share, a pod does not call its own.
  const isOwn = (caller: unknown): boolean => caller === 'self' && !target.service.headless
  const own = calls.proposals.filter(({ caller }) => isOwn(caller) && !value.isShared)
  return {
    proposals: calls.proposals
      .filter(({ caller }) => !isOwn(caller) || (value.isShared && value.isOfFile))
      .map((call) => ({
        ...call,
        source: call.question ? `${source}, ${call.question}` : source,
        certain: call.certain && isSure && isUsed(value),
      })),
    notes: own.map(
      ({ destination, port }) =>
        `${source}: names the workload's own Service ${target.service.name}; if it calls itself by that, add the flow ${destination}:${port} from self`,
    ),
  }
}

/** Does nothing leave open whether the workload uses the value? */
const isUsed = ({ isShared, isDedicated = false }: GivenValue): boolean => !isShared || isDedicated
const isList = ({ text }: GivenValue): boolean => /[,;]/.test(text)

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
        otherPorts: [port],
        caller: callerOf(workload, namespace, topology),
        ...(Object.keys(made.services ?? {}).length > 1 && { service }),
        source,
        certain: isSure && !isShared,
      }
    })
  })
  return { proposals, notes: [] }
}

/** Values of such settings that are names of something else. */
const NO_NAME =
  /^(?:none|null|true|false|yes|no|on|off|all|any|auto|default|local|internal|disabled|enabled|unknown|self|env|changeme)$/

/** Only text that must be a host is reported as missing: a URL, an address, or the value of a setting of a host. */
function readMissing(
  value: GivenValue,
  endpoint: HostAndPort,
  target: Extract<ResolvedHost, { type: 'missing' }>,
  ports: readonly number[],
  topology: Topology,
): Read {
  const { source, name } = value
  const isOther = name !== undefined && namesNoHost(name) && endpoint.form !== 'url'
  return isOther || !mustBeHost(value, endpoint, target.name, ports) ? NOTHING : note(missing(source, target, topology))
}

function mustBeHost(
  { name, text, isOfFile, workload }: GivenValue,
  { form }: HostAndPort,
  host: string,
  ports: readonly number[],
): boolean {
  const isNamed = name !== undefined && namesHost(name) && !namesNoHost(name)
  switch (form) {
    case 'url':
    case 'connection':
      return !isOfFile || !isSaid(text)
    case 'lookup':
      return true
    case 'word':
      return false
    case 'name': {
      const isSetting = isNamed && !NO_NAME.test(host) && (ports.length > 0 || isHostSetting(name))
      return isSetting && host !== workload.name && !namesOwnAddress(name)
    }
    default:
      return isNamed || isCall(text) || (isOnlyHosts(text) && ports.every((port) => port >= 80)) || isQuoted(text, host)
  }
}

/** An address that is the whole of a text in a line of a program, and no image. */
const isQuoted = (text: string, host: string): boolean => text.includes(`"${host}:`) && !/image/i.test(text)

/** Resolvers of clusters: DNS is open to every pod. */
const DNS = /^(?:kube-dns|coredns|node-local-dns|rke2-coredns\S*)$/

function readElsewhere(
  value: GivenValue,
  endpoint: HostAndPort,
  { namespace, name, isClusterName }: Extract<ResolvedHost, { type: 'elsewhere' }>,
  ports: readonly number[],
  topology: Topology,
): Read {
  const { workload, source, isSecret, text } = value
  const { form } = endpoint
  const isHost = value.name !== undefined && namesHost(value.name) && !namesNoHost(value.name)
  const isSetting = isHost && isHostSetting(value.name ?? '')
  if (DNS.test(name) && namespace === 'kube-system') return NOTHING
  // Without `.svc` a name of two parts may be a file, a version, or part of a password.
  if (
    !isClusterName &&
    ((form === 'name' && !(isHost && ports.length > 0)) || (form !== 'url' && isSecret && !isSetting))
  )
    return NOTHING
  if (ports.length === 0)
    return note(
      `${source}: names Service ${name} of namespace ${namespace} without a port; add the flow ${namespace}/${name} if it is called`,
    )
  const caller = callerOf(workload, namespace, topology)
  const isStated = form === 'url' || form === 'connection' || isHost || isOnlyHosts(text) || isCall(text)
  const certain = isUsed(value) && (isClusterName || isStated)
  return {
    proposals: ports.map((port) => ({
      ...{ destination: `${namespace}/${name}`, port, caller, source, certain },
      ...protocolOf(endpoint, port, value.name),
    })),
    notes: [],
  }
}
