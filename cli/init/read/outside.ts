import type { Topology } from '../../../functions/lib/flows/topology.ts'
import type { Proposal, Read } from '../proposal.ts'
import { isCall, isSaid } from '../texts/commands.ts'
import { type HostAndPort, isOnlyHosts, protocolOf } from '../texts/endpoints.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { isHostSetting, namesNoHost } from '../texts/names.ts'
import { portOfWord } from '../texts/well-known-ports.ts'
import { callerOf } from './calls.ts'
import { isOwnAddress } from './own-address.ts'
import type { PublicHost } from './public-hosts.ts'
import type { ResolvedHost } from './resolve-host.ts'

const NOTHING: Read = { proposals: [], notes: [] }
const note = (text: string): Read => ({ proposals: [], notes: [text] })

/** A host outside is a guess, because not every URL is called. `publicHosts` are those of the build itself. */
export function readOutside(
  value: GivenValue,
  endpoint: HostAndPort,
  { host, alias }: Extract<ResolvedHost, { type: 'external' }>,
  ports: readonly number[],
  topology: Topology,
  publicHosts: ReadonlyMap<string, PublicHost>,
): Read {
  const { workload, source, isSecret, name } = value
  const { form } = endpoint
  const isHost = name !== undefined && isHostSetting(name) && !namesNoHost(name)
  // A password may look like host:port, and a proposal is written to a file.
  if (form !== 'url' && isSecret && !isHost) return NOTHING
  if (isOwn(value, host, publicHosts) || (form !== 'name' && isProse(value))) return NOTHING
  const known = ports.length > 0 || name === undefined ? undefined : portOfWord(name)
  const dialled = known === undefined || !isHost ? ports : [known]
  if (dialled.length === 0)
    return isHost || alias !== undefined
      ? note(
          `${source}: names ${alias === undefined ? '' : `Service ${alias}, which is `}the host ${host} outside the cluster, without a port; add the flow external/${host} with its port if it is called`,
        )
      : NOTHING
  const served = publicHosts.get(host)
  const origin = [
    source,
    ...(served === undefined ? [] : [`though ${served.by} serves this host`]),
    ...(ports.length > 0 ? [] : ['which names no port']),
  ].join(', ')
  const caller = callerOf(workload, undefined, topology)
  return {
    proposals: dialled.map(
      (port): Proposal => ({
        ...{ destination: `external/${host}`, port, caller, source: origin, certain: false },
        ...protocolOf(endpoint, port, name),
      }),
    ),
    notes: [],
  }
}

/** Is it the workload's own address, by its setting or by a route? */
const isOwn = ({ name, workload }: GivenValue, host: string, publicHosts: ReadonlyMap<string, PublicHost>): boolean =>
  publicHosts.get(host)?.workloads.has(workload) === true || (name !== undefined && isOwnAddress(name, host, workload))

/** In prose a URL is a link. A call is what a command or a directive names, or a value that is nothing but hosts. */
const isProse = ({ text, isOfFile }: GivenValue): boolean =>
  /\s/.test(text.trim().replace(/[,;]$/, '')) && !isOnlyHosts(text) && !isCall(text) && (isOfFile || isSaid(text))
