import { listAt } from '../../functions/lib/kubernetes/fields.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../functions/lib/kubernetes/selector.ts'

export type Direction = 'ingress' | 'egress'

/** Peers and ports of one rule, whichever kind of policy has it. */
export interface Rule {
  /** undefined: anyone. */
  peers: readonly Peer[] | undefined
  /** undefined: every port. */
  ports: readonly RulePort[] | undefined
}

interface Peer {
  /** Labels by which pods are selected, if they are. */
  labels: Labels | undefined
  cidr: string | undefined
}

interface RulePort {
  /** undefined: every port of the protocol. */
  port: number | string | undefined
  endPort: number | undefined
  protocol: string
}

/** What restricts the pods of a namespace that it selects, in the directions that it has. */
interface Restriction {
  selector: unknown
  ingress: readonly Rule[] | undefined
  egress: readonly Rule[] | undefined
}

/** The policies of a rendering, NetworkPolicies and CiliumNetworkPolicies, as far as they say which ports are open. */
export class Restrictions {
  readonly #byNamespace = new Map<string, Restriction[]>()
  /** Each workload is asked for once a flow. */
  readonly #known: Readonly<Record<Direction, WeakMap<Labels, { rules: Rule[] | undefined }>>> = {
    ingress: new WeakMap(),
    egress: new WeakMap(),
  }

  constructor(objects: readonly KubernetesObject[]) {
    for (const object of objects) {
      const restriction = restrictionOf(object)
      if (!restriction) continue
      const namespace = object.metadata.namespace ?? ''
      const known = this.#byNamespace.get(namespace)
      if (known) known.push(restriction)
      else this.#byNamespace.set(namespace, [restriction])
    }
  }

  /** The rules that hold for pods in a direction; undefined if nothing restricts them. */
  rulesFor(pods: { namespace: string; labels: Labels }, direction: Direction): Rule[] | undefined {
    const known = this.#known[direction].get(pods.labels) ?? { rules: this.#rulesFor(pods, direction) }
    this.#known[direction].set(pods.labels, known)
    return known.rules
  }

  #rulesFor({ namespace, labels }: { namespace: string; labels: Labels }, direction: Direction): Rule[] | undefined {
    const rules = (this.#byNamespace.get(namespace) ?? []).flatMap((restriction) => {
      const own = restriction[direction]
      return own && matchesSelector(restriction.selector, labels) ? [own] : []
    })
    return rules.length === 0 ? undefined : rules.flat()
  }
}

function restrictionOf(object: KubernetesObject): Restriction | undefined {
  if (isKind(object, 'networking.k8s.io', 'NetworkPolicy')) return ofKubernetes(object)
  if (isKind(object, 'cilium.io', 'CiliumNetworkPolicy')) return ofCilium(object)
  return undefined
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/: without types it is for ingress, and for egress if it has such rules. */
function ofKubernetes({ spec }: KubernetesObject): Restriction {
  const types = valueAt(spec, ['policyTypes'])
  const isFor = (type: string): boolean =>
    Array.isArray(types) ? types.includes(type) : type === 'Ingress' || valueAt(spec, ['egress']) !== undefined
  const rulesOf = (direction: Direction, field: string): Rule[] =>
    listAt(spec, direction).map((rule) => ({
      peers: nonEmpty(listAt(rule, field).map(peerOf)),
      ports: nonEmpty(listAt(rule, 'ports').map(portOf)),
    }))
  return {
    selector: valueAt(spec, ['podSelector']),
    ingress: isFor('Ingress') ? rulesOf('ingress', 'from') : undefined,
    egress: isFor('Egress') ? rulesOf('egress', 'to') : undefined,
  }
}

/** Source: https://docs.cilium.io/en/stable/security/policy/language/: a direction is restricted once a policy has rules for it. */
function ofCilium({ spec }: KubernetesObject): Restriction {
  const rulesOf = (direction: Direction, prefix: string): Rule[] | undefined =>
    valueAt(spec, [direction]) === undefined
      ? undefined
      : listAt(spec, direction)
          .filter((rule) => Object.keys(rule).length > 0)
          .map((rule) => ({
            peers: peersOfCilium(rule, prefix),
            ports: nonEmpty(
              listAt(rule, 'toPorts').flatMap((ports) =>
                listAt(ports, 'ports').map((one) => portOf({ ...one, port: numberOr(one.port) })),
              ),
            ),
          }))
  return {
    selector: valueAt(spec, ['endpointSelector']),
    ingress: rulesOf('ingress', 'from'),
    egress: rulesOf('egress', 'to'),
  }
}

const NAMESPACE_LABEL = 'k8s:io.kubernetes.pod.namespace'

function peersOfCilium(rule: Record<string, unknown>, prefix: string): Peer[] | undefined {
  const entities = valueAt(rule, [`${prefix}Entities`])
  if (Array.isArray(entities) && entities.includes('all')) return undefined
  const pods = listAt(rule, `${prefix}Endpoints`).map((selector) => {
    const { [NAMESPACE_LABEL]: _, ...labels } = (valueAt(selector, ['matchLabels']) ?? {}) as Record<string, string>
    return { labels, cidr: undefined }
  })
  const cidrs = valueAt(rule, [`${prefix}CIDR`])
  const ranges = (Array.isArray(cidrs) ? cidrs : []).map((cidr) => ({ labels: undefined, cidr: String(cidr) }))
  const others = [
    ...(Array.isArray(entities) ? entities : []),
    ...listAt(rule, `${prefix}FQDNs`),
    ...listAt(rule, `${prefix}CIDRSet`),
  ]
  return [...pods, ...ranges, ...others.map(() => ({ labels: undefined, cidr: undefined }))]
}

const peerOf = (peer: Record<string, unknown>): Peer => {
  const cidr = valueAt(peer, ['ipBlock', 'cidr'])
  const labels = valueAt(peer, ['podSelector', 'matchLabels'])
  return {
    labels: isFields(labels) ? (labels as Labels) : undefined,
    cidr: typeof cidr === 'string' ? cidr : undefined,
  }
}

const portOf = ({ port, endPort, protocol }: Record<string, unknown>): RulePort => ({
  port: typeof port === 'number' || typeof port === 'string' ? port : undefined,
  endPort: typeof endPort === 'number' ? endPort : undefined,
  protocol: typeof protocol === 'string' ? protocol : 'TCP',
})

const numberOr = (port: unknown): unknown => (/^\d+$/.test(String(port)) ? Number(port) : port)

const nonEmpty = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined)
