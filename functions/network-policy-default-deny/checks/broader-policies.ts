import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { matchesSelector } from '../../lib/kubernetes/selector.ts'
import { containerPort, type Workload } from '../../lib/kubernetes/workload.ts'
import { namespaceLabelOf } from '../dialects/namespace-label.ts'
import { findings } from '../findings.ts'
import { NAME } from '../name.ts'
import type { Direction } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import { coversRules, type NetworkPolicyRule } from './coverage.ts'
import { egressLine, ingressLine } from './flow-lines.ts'
import { isOtherPolicy } from './other-policies.ts'
import type { Written } from './peers.ts'

/**
 * Hand-written policies that admit a caller to a port, or let a workload call a port, although no flow and nothing else in
 * the build asks for it. Policies add up, so the generated ones do not narrow them.
 */
export const broaderThanFlows = (written: readonly Written[], build: Build): Finding[] => [
  ...build.spec.directions.flatMap((direction) => broaderIn(direction, written, build)),
  ...notCompared(build),
]

/** Policies of other kinds than NetworkPolicy are not compared with flows. */
const notCompared = ({ objects, scope }: Build): Finding[] =>
  objects
    .filter(
      (object) =>
        isOtherPolicy(object) &&
        (object.metadata.namespace === undefined
          ? scope.denied.length > 0
          : scope.denied.includes(object.metadata.namespace)) &&
        !isGeneratedBy(object, NAME) &&
        ['ingress', 'egress'].some((field) => hasRules(valueAt(object, ['spec', field]))),
    )
    .map((object) => findings['not-compared']({ object }))

const hasRules = (rules: unknown): boolean =>
  Array.isArray(rules) && rules.some((rule) => isFields(rule) && Object.keys(rule).length > 0)

function broaderIn(direction: Direction, written: readonly Written[], build: Build): Finding[] {
  const denied = new Set(build.scope.denied)
  const manual = build.objects.filter(
    (object) =>
      isKind(object, 'networking.k8s.io', 'NetworkPolicy') &&
      denied.has(object.metadata.namespace ?? '') &&
      !isGeneratedBy(object, NAME) &&
      rulesIn(direction, object).length > 0,
  )
  if (manual.length === 0) return []
  const generated = groupBy(
    written.map(({ object }) => object),
    ({ metadata }) => metadata.namespace ?? '',
  )
  const subjects = groupBy(build.subjects, ({ namespace }) => namespace)
  return manual.flatMap((object) => {
    const namespace = object.metadata.namespace ?? ''
    const selected = (subjects.get(namespace) ?? []).filter((subject) => isSelected(subject, object))
    const found = selected.flatMap((subject) => {
      const admitted = (generated.get(namespace) ?? []).filter((policy) => isSelected(subject, policy))
      const rules = admitted.flatMap((policy) => rulesIn(direction, policy))
      return connectionsOf(direction, object, subject)
        .filter((connection) => !isAdmitted(connection, rules, namespace, build))
        .map((connection) => ({ subject, connection }))
    })
    const once = groupBy(found, ({ connection }) => JSON.stringify(connection))
    return [...once.values()].flatMap(([first]) =>
      first ? [broader(direction, object, first.subject, first.connection, build)] : [],
    )
  })
}

const isSelected = ({ carried }: Subject, policy: KubernetesObject): boolean =>
  matchesSelector(valueAt(policy, ['spec', 'podSelector']), carried)

/** Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/: without policyTypes, each direction that has rules. */
function rulesIn(direction: Direction, policy: KubernetesObject): NetworkPolicyRule[] {
  const types = valueAt(policy, ['spec', 'policyTypes'])
  const rules = valueAt(policy, ['spec', direction.toLowerCase()])
  return Array.isArray(rules) && (!Array.isArray(types) || types.includes(direction)) ? rules.filter(isFields) : []
}

/** One peer on one port. `undefined` is every peer, or every port. */
interface Connection {
  rule: number
  peer: unknown
  port: unknown
}

const everyOf = (list: readonly unknown[] | null | undefined): readonly unknown[] => (list?.length ? list : [undefined])

const connectionsOf = (direction: Direction, policy: KubernetesObject, { workload }: Subject): Connection[] =>
  rulesIn(direction, policy).flatMap(({ from, to, ports }, rule) =>
    everyOf(from ?? to).flatMap((peer) =>
      everyOf(ports).map((port) => ({
        rule,
        peer,
        port: workload && direction === 'Ingress' ? withNumber(port, workload) : port,
      })),
    ),
  )

/** Generated policies give the numbers of named ports. */
function withNumber(port: unknown, workload: Workload): unknown {
  if (!isFields(port) || typeof port.port !== 'string') return port
  const number = containerPort(workload, port.port)
  return number === undefined ? port : { ...port, port: number }
}

/** Pods of the build may carry more labels than either selector asks for, so they are looked at one by one. */
function isAdmitted({ peer, port }: Connection, rules: NetworkPolicyRule[], namespace: string, build: Build): boolean {
  const covers = (from: unknown): boolean =>
    coversRules(
      rules,
      [{ ...(from !== undefined && { from: [from] }), ...(port !== undefined && { ports: [port] }) }],
      namespace,
      build.spec,
    )
  if (covers(peer)) return true
  const place = namespaceNamed(peer, namespace, build)
  if (place === undefined || !build.topology.ownNamespaces.has(place)) return false
  const callers = build.topology
    .workloadsIn(place)
    .filter(({ labels }) => matchesSelector(valueAt(peer, ['podSelector']), labels))
  const namespaceSelector = { matchLabels: { [namespaceLabelOf(place, build.spec.namespaceLabel)]: place } }
  return (
    callers.length > 0 &&
    callers.every(({ labels }) => covers({ namespaceSelector, podSelector: { matchLabels: labels } }))
  )
}

/** The one namespace whose pods a peer selects, if it narrows pods down. */
function namespaceNamed(peer: unknown, own: string, { spec }: Build): string | undefined {
  if (!isFields(peer) || !isFields(peer.podSelector) || Object.keys(peer.podSelector).length === 0) return undefined
  if (peer.namespaceSelector === undefined) return own
  const labels = valueAt(peer, ['namespaceSelector', 'matchLabels'])
  const [[key, value] = [], ...more] = Object.entries(isFields(labels) ? labels : {})
  if (more.length > 0 || typeof value !== 'string') return undefined
  return key === namespaceLabelOf(value, spec.namespaceLabel) ? value : undefined
}

function broader(
  direction: Direction,
  object: KubernetesObject,
  subject: Subject,
  { rule, peer, port }: Connection,
  build: Build,
): Finding {
  const { namespace, name } = subject
  const other = peer === undefined ? 'everyone' : JSON.stringify(peer)
  const written = isFields(port) ? `port ${String(port.port ?? 'any')}/${String(port.protocol ?? 'TCP')}` : 'every port'
  const place = { object, field: { path: `spec.${direction.toLowerCase()}[${rule}]` } }
  return direction === 'Ingress'
    ? findings['broader-than-flows'](place, other, written, `${namespace}/${name}`, ingressLine(subject, peer, port))
    : findings['broader-egress'](place, `${namespace}/${name}`, other, written, egressLine(subject, peer, port, build))
}
