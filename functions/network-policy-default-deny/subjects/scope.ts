import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { findings } from '../findings.ts'

/** The namespaces in which policies are written. */
export interface Scope {
  /** Those that are denied by default: their Namespace object is in the build, or configuration names them. Sorted. */
  denied: readonly string[]
  /** May policies for single workloads be written there? */
  includes(namespace: string): boolean
}

/**
 * The cluster's own namespace is denied only if it is named, because a mistake there stops what is needed to correct it.
 */
const ONLY_WHEN_NAMED = 'kube-system'

export function scopeOf(topology: Topology, { namespaces }: NetworkPolicyDefaultDenySpec): Scope {
  const includes = (namespace: string): boolean =>
    Object.hasOwn(namespaces, namespace) ? !namespaces[namespace]?.off : namespace !== ONLY_WHEN_NAMED
  const candidates = new Set([...topology.ownNamespaces, ...Object.keys(namespaces)])
  return { denied: [...candidates].filter(includes).sort(), includes }
}

/** Says of each namespace with pods in the build why it is not denied by default. */
export function scopeFindings(topology: Topology, scope: Scope, spec: NetworkPolicyDefaultDenySpec): Finding[] {
  const denied = new Set(scope.denied)
  const present = new Set([...topology.ownNamespaces, ...topology.workloads.map(({ namespace }) => namespace)])
  return [...present]
    .filter((namespace) => !denied.has(namespace))
    .sort()
    .map((namespace) => findings['not-denied']({}, whyNotDenied(namespace, scope, spec)))
}

function whyNotDenied(namespace: string, scope: Scope, { namespaces }: NetworkPolicyDefaultDenySpec): string {
  if (namespace === '')
    return 'found workloads without a namespace: their own policies are written, and default-deny for no namespace'
  if (scope.includes(namespace))
    return `namespace ${namespace}: found no Namespace object, so default-deny is left to the build that has it; name it under namespaces to write it here`
  const reason = Object.hasOwn(namespaces, namespace) ? namespaces[namespace]?.reason : undefined
  return reason === undefined
    ? `namespace ${namespace}: no policies, because it is not named under namespaces`
    : `namespace ${namespace}: no policies: ${reason}`
}
