// The calls that flows declare, read without any code of the product.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { root } from '../../support/stacks.ts'

type Labels = Record<string, string>

/** Pods with the same labels, of the build or of another. */
export interface Pods {
  namespace: string
  labels: Labels
  /** Are their policies in this build? They are for pods of its workloads, and for those that a flow selects. */
  isHere: boolean
  /** Service account, where it is known. */
  account?: string
  address: string
}

export interface Call {
  flow: string
  from: Pods
  to: Pods
  port: number
  plain: boolean
}

interface Container {
  ports?: { name?: string; containerPort: number }[]
  [probe: string]: unknown
}

interface PodSpec {
  serviceAccountName?: string
  containers: Container[]
}

interface FlowSpec {
  /** None for a port that nobody is expected to call. */
  from?: string[]
  plain?: boolean
  selector?: Labels
}

const APP = 'app.kubernetes.io/name'
const COMPONENT = 'app.kubernetes.io/component'
const ADDRESS = '10.1.2.3'

/** A workload of the build. */
export interface Workload {
  kind: string
  name: string
  pods: Pods
  spec: PodSpec
  annotations: Labels
}

export const workloadsOf = (objects: readonly KubernetesObject[]): Workload[] =>
  objects
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map(({ kind, metadata, spec }) => {
      const { template } = spec as { template: { metadata: { labels: Labels; annotations?: Labels }; spec: PodSpec } }
      const account = template.spec.serviceAccountName ?? 'default'
      const { labels, annotations = {} } = template.metadata
      const pods = { namespace: metadata.namespace ?? '', labels, isHere: true, account, address: ADDRESS }
      return { kind, name: metadata.name, pods, spec: template.spec, annotations }
    })

/** Ports of a workload's probes by HTTP, TCP and gRPC. */
export const probedPorts = ({ spec }: Workload): number[] =>
  spec.containers.flatMap((container) =>
    ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((probe) => {
      const handlers = (container[probe] ?? {}) as Record<string, { port?: number | string }>
      const port = (handlers.httpGet ?? handlers.tcpSocket ?? handlers.grpc)?.port
      return port === undefined ? [] : [portOf(container.ports ?? [], String(port))]
    }),
  )

function portOf(ports: readonly { name?: string; containerPort: number }[], port: string): number {
  const number = ports.find(({ name }) => name === port)?.containerPort ?? Number(port)
  if (Number.isNaN(number)) throw new Error(`port ${port}: no container has a port of this name`)
  return number
}

/** Strimzi gives its pods service accounts of their own. */
const accountOf = (labels: Labels): { account?: string } => {
  const cluster = labels['strimzi.io/cluster']
  return cluster === undefined ? {} : { account: `${cluster}-kafka` }
}

const contains = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

/** Every pair of pods that overlays/hardening/flows.yaml lets call each other, where one of them is in the build. */
export function declaredCalls(workloads: readonly Workload[]): Call[] {
  const text = readFileSync(join(root, 'overlays/hardening/flows.yaml'), 'utf8')
  const { flows } = (parse(text) as { spec: { flows: Record<string, FlowSpec> } }).spec
  const own = new Set(workloads.map(({ pods }) => pods.namespace))
  const podsWith = (namespace: string, labels: Labels, isHere: boolean): Pods[] => {
    const found = workloads.filter(({ pods }) => pods.namespace === namespace && contains(pods.labels, labels))
    return found.length > 0
      ? found.map(({ pods }) => pods)
      : [{ namespace, labels, isHere, address: ADDRESS, ...accountOf(labels) }]
  }
  const podsNamed = (namespace: string, name: string): Pods[] =>
    workloads
      .filter((workload) => workload.name === name && workload.pods.namespace === namespace)
      .map(({ pods }) => pods)

  return Object.entries(flows).flatMap(([flow, { from, plain = false, selector }]) => {
    const [, namespace = '', name = '', port = ''] = /^([^/]+)\/([^:]+):(.+)$/.exec(flow) ?? []
    if (namespace === 'external' || from === undefined) return []
    const callees = selector
      ? podsWith(namespace, selector, own.has(namespace))
      : own.has(namespace)
        ? podsNamed(namespace, name)
        : podsWith(namespace, {}, false)
    const callersOf = (caller: string): Pods[] => {
      const [at = '', app, component] = caller.split('/')
      // Members of a ring call each other, whichever workload they belong to.
      if (caller === 'self') return callees
      if (app === undefined) return podsNamed(namespace, at)
      const labels = { [APP]: app, ...(component !== undefined && { [COMPONENT]: component }) }
      return podsWith(at, labels, false)
    }
    return callees.flatMap((to) => {
      const { spec } = workloads.find(({ pods }) => pods === to) ?? {}
      const number = portOf(spec?.containers.flatMap(({ ports = [] }) => ports) ?? [], port)
      return from
        .flatMap((caller) => callersOf(caller))
        .filter((pods) => own.has(pods.namespace) || own.has(to.namespace))
        .map((pods) => ({ flow, from: pods, to, port: number, plain }))
    })
  })
}
