import { EVERY_PORT, EXTERNAL } from '../../lib/flows/schema.ts'
import { isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import { writeCallerIn } from './callers.ts'

/** Pods of one namespace, as a peer of a policy chooses them. */
interface ChosenPods {
  namespace: string
  labels: Labels
}

/** The flow that declares what a rule of ingress admits. */
export function ingressLine({ namespace, name }: Subject, peer: unknown, port: unknown): string {
  const pods = podsOf(namespace, peer)
  const caller = peer === undefined ? 'any' : pods && writeCallerIn(pods)
  const written = portOnPods(port)
  const isNarrow = pods !== undefined && Object.keys(pods.labels).length > 0 && !isEvery(written)
  const from = caller === undefined ? 'with its callers' : `from: [${caller}]`
  return `flow ${namespace}/${name}:${written} ${from}${isNarrow ? '' : ' and a reason'}`
}

/** The line of policy that declares what a rule of egress lets pods call. */
export function egressLine(subject: Subject, peer: unknown, port: unknown, build: Build): string {
  const { namespace, name, podLabels } = subject
  if (peer === undefined) return `openEgress.${name} with a reason`
  const from = `from: [${writeCallerIn({ namespace, labels: podLabels })}]`
  const cidr = valueAt(peer, ['ipBlock', 'cidr'])
  if (typeof cidr === 'string') return externalLine(cidr, portOutside(port), from)
  const pods = podsOf(namespace, peer)
  if (!pods) return `flows to the pods that it selects, ${from}`
  const written = portOnPods(port)
  return `flow ${destination(pods, written, build)} ${from}${selectorOf(pods, build)}${isEvery(written) ? ' and a reason' : ''}`
}

function externalLine(cidr: string, port: string, from: string): string {
  const [address = '', bits] = cidr.split('/')
  const host = address.includes(':') ? `[${address}]` : address
  const isOne = bits === (address.includes(':') ? '128' : '32')
  return isOne
    ? `flow ${EXTERNAL}/${host}:${port} ${from}`
    : `flow ${EXTERNAL}/HOST:${port} ${from} with addresses.HOST: ["${cidr}"]`
}

const destination = (pods: ChosenPods, port: string, build: Build): string =>
  `${pods.namespace}/${nameOf(pods, build)}:${port}`

/** The one workload of the build that the labels choose, else the name that they give; every pod of a namespace is `*`. */
function nameOf({ namespace, labels }: ChosenPods, { topology }: Build): string {
  if (Object.keys(labels).length === 0) return '*'
  const [only, ...others] = topology.workloadsWith(namespace, labels)
  return only && others.length === 0 ? only.name : (labels['app.kubernetes.io/name'] ?? labels.app ?? 'NAME')
}

/** Pods that are no workload of the build are found by their labels. */
const selectorOf = ({ namespace, labels }: ChosenPods, { topology }: Build): string =>
  Object.keys(labels).length > 0 &&
  topology.workloadsWith(namespace, labels).length === 0 &&
  topology.ownNamespaces.has(namespace)
    ? ` selector: ${JSON.stringify(labels)}`
    : ''

const isEvery = (port: string): boolean => port.startsWith(EVERY_PORT)

/** A port of pods as the key of a flow writes it. A range of them is no port of one flow. */
const portOnPods = (port: unknown): string =>
  `${isFields(port) && port.endPort === undefined ? String(port.port ?? EVERY_PORT) : EVERY_PORT}${protocolOf(port)}`

const portOutside = (port: unknown): string => {
  if (!isFields(port) || port.port === undefined) return `PORT${protocolOf(port)}`
  return `${port.port}${port.endPort === undefined ? '' : `-${port.endPort}`}${protocolOf(port)}`
}

function protocolOf(port: unknown): string {
  const protocol = isFields(port) ? (port.protocol ?? 'TCP') : 'TCP'
  return protocol === 'TCP' ? '' : `/${String(protocol).toLowerCase()}`
}

/** The pods of a peer; undefined for a range of addresses, and for selectors that are more than labels. */
function podsOf(own: string, peer: unknown): ChosenPods | undefined {
  const [namespaces, pods] = [valueAt(peer, ['namespaceSelector']), valueAt(peer, ['podSelector'])]
  if (peer === undefined || valueAt(peer, ['ipBlock']) !== undefined) return undefined
  const names = Object.values((namespaces === undefined ? {} : labelsIn(namespaces)) ?? {})
  const namespace = namespaces === undefined ? own : names.length === 1 ? names[0] : undefined
  const labels = labelsIn(pods ?? {})
  return labels && namespace !== undefined ? { namespace, labels } : undefined
}

/** The labels that a selector asks for; undefined if it asks for anything else. */
function labelsIn(selector: unknown): Labels | undefined {
  if (valueAt(selector, ['matchExpressions']) !== undefined) return undefined
  return (valueAt(selector, ['matchLabels']) ?? {}) as Labels
}
