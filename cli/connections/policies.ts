import { isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { matchesSelector } from '../../functions/lib/kubernetes/selector.ts'
import { servingContainers, type Workload } from '../../functions/lib/kubernetes/workload.ts'

/** Ports of one protocol that a connection goes to: one, or a range. Without `port`: every port. */
export interface Ports {
  port?: number
  endPort?: number
  protocol: string
}

export interface WrittenPeer {
  namespaceSelector?: unknown
  podSelector?: unknown
  ipBlock?: { cidr: string; except?: string[] | null }
}

export interface WrittenRule {
  from?: WrittenPeer[] | null
  to?: WrittenPeer[] | null
  ports?: { port?: number | string; endPort?: number; protocol?: string }[] | null
}

export type Direction = 'ingress' | 'egress'

interface Spec {
  podSelector?: unknown
  policyTypes?: string[] | null
  ingress?: WrittenRule[] | null
  egress?: WrittenRule[] | null
}

/** The NetworkPolicies of a rendering, by the pods that they select. Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export class Policies {
  readonly #byNamespace = new Map<string, Spec[]>()

  constructor(objects: readonly KubernetesObject[]) {
    for (const object of objects) {
      if (!isKind(object, 'networking.k8s.io', 'NetworkPolicy')) continue
      const namespace = object.metadata.namespace ?? ''
      this.#byNamespace.set(namespace, [...(this.#byNamespace.get(namespace) ?? []), (object.spec ?? {}) as Spec])
    }
  }

  /** The rules that hold for a workload's pods in a direction; undefined if no policy selects them, which admits everything. */
  rulesFor({ namespace, labels }: Workload, direction: Direction): WrittenRule[] | undefined {
    const selecting = (this.#byNamespace.get(namespace) ?? []).filter(
      (spec) => matchesSelector(spec.podSelector, labels) && typesOf(spec).includes(direction),
    )
    return selecting.length === 0 ? undefined : selecting.flatMap((spec) => spec[direction] ?? [])
  }
}

/** A policy without types is for ingress, and also for egress if it has egress rules. */
const typesOf = ({ policyTypes, egress }: Spec): string[] =>
  policyTypes?.map((type) => type.toLowerCase()) ?? (egress ? ['ingress', 'egress'] : ['ingress'])

export const peersOf = (rule: WrittenRule, direction: Direction): WrittenPeer[] =>
  (direction === 'ingress' ? rule.from : rule.to) ?? []

/** The ports of a rule, names resolved by the pods that are called; without any: every port of each protocol. */
export function portsOf(rule: WrittenRule, callee: Workload | undefined): Ports[] {
  if (!rule.ports?.length) return ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ protocol }))
  return rule.ports.flatMap(({ port, endPort, protocol = 'TCP' }): Ports[] => {
    if (typeof port !== 'string')
      return [{ ...(port !== undefined && { port }), ...(endPort && { endPort }), protocol }]
    const containers = callee ? servingContainers(callee) : []
    return containers
      .flatMap(({ ports }) => ports ?? [])
      .filter((own) => own.name === port && (own.protocol ?? 'TCP') === protocol)
      .map((own) => ({ port: own.containerPort, protocol }))
  })
}

/** The ports that are in both lists. */
export function commonPorts(some: readonly Ports[], others: readonly Ports[]): Ports[] {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      if (one.protocol !== other.protocol) return []
      if (one.port === undefined) return [other]
      if (other.port === undefined) return [one]
      const first = Math.max(one.port, other.port)
      const last = Math.min(one.endPort ?? one.port, other.endPort ?? other.port)
      return first > last ? [] : [{ port: first, ...(last > first && { endPort: last }), protocol: one.protocol }]
    }),
  )
}
