import type { Finding } from '../../lib/framework/finding.ts'
import { fillUnset } from '../../lib/framework/generated-objects.ts'
import {
  describe,
  ensureFields,
  ensureList,
  type Fields,
  formatPath,
  isFields,
  type KubernetesObject,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'
import type { Wanted } from './policy-kind.ts'
import { covers } from './sidecar-hosts.ts'

export const REGISTRY_ONLY = 'REGISTRY_ONLY'
export const ALLOW_ANY = 'ALLOW_ANY'

/** What a Sidecar says for a member, before it is an object. */
export interface WantedSidecar extends Wanted {
  hosts: readonly string[]
  /** The outbound mode that policy gives the workload by name. */
  named: string | undefined
}

/**
 * A Sidecar that a person wrote keeps its mode and its hosts, and gets those of the flows that it lacks. What opens it
 * further than policy does is reported.
 */
export function completeSidecar(existing: KubernetesObject, wanted: readonly WantedSidecar[]): Finding[] {
  const named = wanted.some((one) => one.named === ALLOW_ANY) ? ALLOW_ANY : wanted.find((one) => one.named)?.named
  if (named !== undefined) ensureFields(ensureFields(existing, 'spec'), 'outboundTrafficPolicy').mode = named
  const found = [...openMode(existing, wanted), ...openHosts(existing, wanted)]
  for (const { spec } of wanted) fillUnset(existing, { spec })
  addHosts(
    existing,
    wanted.flatMap(({ hosts }) => hosts),
  )
  return found
}

/** An egress block without a port holds for every port that no other block names. */
function addHosts(existing: KubernetesObject, hosts: readonly string[]): void {
  const blocks = ensureList<Fields>(ensureFields(existing, 'spec'), 'egress')
  let block = blocks.find(({ port, bind }) => port === undefined && bind === undefined)
  if (!block) {
    block = { captureMode: 'DEFAULT' }
    blocks.push(block)
  }
  const listed = ensureList<string>(block, 'hosts')
  const namespace = existing.metadata.namespace ?? ''
  for (const host of hosts) if (!listed.some((present) => covers(present, host, namespace))) listed.push(host)
}

/** Reports a mode that lets a workload call anything, if the policy gives no reason for it. */
function openMode(existing: KubernetesObject, wanted: readonly WantedSidecar[]): Finding[] {
  const path = ['spec', 'outboundTrafficPolicy', 'mode']
  const mode = valueAt(existing, path)
  if (mode === undefined || mode === REGISTRY_ONLY) return []
  return wanted
    .filter((one) => one.named !== mode)
    .map(({ member: { workload } }) =>
      findings['open-mode'](
        { object: existing, field: { path: formatPath(path), currentValue: mode, proposedValue: REGISTRY_ONLY } },
        mode,
        describe(workload.object),
        workload.name,
      ),
    )
}

/** Reports hosts that cover whole namespaces, if neither a flow nor the policy lists them. */
function openHosts(existing: KubernetesObject, wanted: readonly WantedSidecar[]): Finding[] {
  const listed = new Set(wanted.flatMap(({ hosts }) => hosts))
  return hostsWritten(existing)
    .filter(({ host }) => host.includes('*') && !host.startsWith('~/') && !listed.has(host))
    .map(({ host, path }) =>
      findings['open-host']({ object: existing, field: { path: formatPath(path), currentValue: host } }, host),
    )
}

function hostsWritten(sidecar: KubernetesObject): { host: string; path: (string | number)[] }[] {
  const egress = valueAt(sidecar, ['spec', 'egress'])
  return (Array.isArray(egress) ? (egress as unknown[]) : []).flatMap((block, index) => {
    const hosts = isFields(block) && Array.isArray(block.hosts) ? (block.hosts as unknown[]) : []
    return hosts.flatMap((host, at) =>
      typeof host === 'string' ? [{ host, path: ['spec', 'egress', index, 'hosts', at] }] : [],
    )
  })
}
