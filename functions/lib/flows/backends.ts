import type { Finding } from '../framework/finding.ts'
import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { replicaOf, type Service, servicePortFor, targetPortNumber } from '../kubernetes/service.ts'
import type { Workload } from '../kubernetes/workload.ts'
import { type Reference, type Route, referencesOf } from './backend-references.ts'
import { findings } from './findings.ts'
import { isBehind, type MadePods, portOfMade, targetOfMade } from './made-pods.ts'
import type { Port } from './port.ts'
import type { Topology } from './topology.ts'

/** A call that follows from an object of the build. */
export interface BackendCall {
  route: Route
  /** The webhook configuration, APIService, VirtualService, route or Ingress that names the backend. */
  source: KubernetesObject
  workload: Workload
  /** The one pod of the StatefulSet that is called, by its name. */
  replica?: string
  /** Port on the pod. */
  port: Port
}

/** The same to pods that an operator makes. */
export interface MadeCall extends Omit<BackendCall, 'workload' | 'replica'> {
  pods: MadePods
}

/** Tag of a finding: the Service that a call goes to. */
export const BACKEND = 'backend'

/** Every call to a workload of the build that follows from an object of the build. */
export function backendCalls(
  objects: readonly KubernetesObject[],
  topology: Topology,
): { calls: BackendCall[]; madeCalls: MadeCall[]; findings: Finding[] } {
  const found: Finding[] = []
  const references = objects.flatMap(referencesOf)
  const madeCalls = references
    .filter(({ service }) => !service.includes('$('))
    .map((reference) => ({ reference, calls: madeCallsOf(reference, topology) }))
  const calls = madeCalls.flatMap(({ reference, calls: toMade }) =>
    toMade.length > 0 ? [] : callOf(reference, topology, found),
  )
  return { calls, madeCalls: madeCalls.flatMap(({ calls: toMade }) => toMade), findings: found }
}

/** The Service may be in the build, or one that the operator makes. */
function madeCallsOf(
  { route, source, namespace, service: name, port, protocol = 'TCP' }: Reference,
  topology: Topology,
): MadeCall[] {
  const service = topology.serviceCalled(namespace, name)
  if (service && topology.workloadsBehind(service).length > 0) return []
  return topology.madeWith(namespace, {}).flatMap((pods) => {
    const ports = service ? portsBehind(service, pods) : Object.entries(pods.services?.[name] ?? {})
    const [only, ...others] = ports
    const named = port === undefined ? undefined : portOfMade(pods, port)
    const target =
      port === undefined && others.length === 0
        ? only
        : ports.find(([dialled, onPod]) => dialled === String(port) || onPod === named)
    return target ? [{ route, source, pods, port: { protocol, port: target[1] } }] : []
  })
}

/** The names and numbers of a Service's ports, each with the port on the pods. */
const portsBehind = (service: Service, pods: MadePods): [string, number][] =>
  isBehind(service, pods)
    ? service.ports.flatMap((port) => {
        const target = targetOfMade(pods, port)
        const dialled = [String(port.port), ...(port.name === undefined ? [] : [port.name])]
        return target === undefined ? [] : dialled.map((one): [string, number] => [one, target])
      })
    : []

function callOf(reference: Reference, topology: Topology, found: Finding[]): BackendCall[] {
  const { route, source, namespace, port, protocol = 'TCP' } = reference
  const service = topology.serviceCalled(namespace, reference.service)
  const behind = service ? topology.workloadsBehind(service) : []
  if (!service || behind.length === 0) {
    const isHere = service !== undefined || topology.ownNamespaces.has(namespace)
    const called = `${namespace}/${reference.service}`
    found.push(
      isHere
        ? findings['unserved-backend'](
            { object: source, tags: { [BACKEND]: called } },
            called,
            service ? whyUnserved(service) : 'is not in the build',
          )
        : findings['backend-elsewhere']({ object: source, tags: { [BACKEND]: called } }, called),
    )
    return []
  }
  const [onlyPort, ...others] = service.ports
  const replica = replicaOf(service)
  return behind.flatMap((workload) => {
    const servicePort =
      port !== undefined
        ? servicePortFor(service, port, workload, protocol)
        : others.length === 0
          ? onlyPort
          : undefined
    const number = servicePort && targetPortNumber(servicePort, workload)
    if (number !== undefined)
      return [{ route, source, workload, ...(replica !== undefined && { replica }), port: { protocol, port: number } }]
    const written = port === undefined ? 'no port' : `port ${port}`
    const ports = service.ports.map((p) => String(p.name ?? p.port))
    found.push(findings['unknown-backend-port']({ object: source }, written, `${namespace}/${service.name}`, ports))
    return []
  })
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors */
function whyUnserved({ object, selector }: Service): string {
  const host = valueAt(object, ['spec', 'externalName'])
  if (typeof host === 'string') return `is a name for the host ${host} (ExternalName)`
  return selector === undefined
    ? 'has no selector, because something else makes its endpoints'
    : 'selects no pod of the build'
}
