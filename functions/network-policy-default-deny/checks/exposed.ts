import { isBehind, targetOfMade } from '../../lib/flows/made-pods.ts'
import { isEveryPort, type Protocol } from '../../lib/flows/port.ts'
import { EVERY_PORT } from '../../lib/flows/schema.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { valueAt } from '../../lib/kubernetes/objects.ts'
import { type Service, targetPortNumber } from '../../lib/kubernetes/service.ts'
import { servingContainers } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'

interface Named {
  namespace: string
  name: string
}

/** A port of pods that something leads to from outside the cluster. */
interface Target {
  pods: Named
  port: number
  protocol: Protocol
}

/** Services that callers outside the cluster reach, and whose pods no flow opens to anyone. */
export function exposedServices(build: Build): Finding[] {
  const isOpen = openTargets(build)
  return build.topology.services.flatMap((service) => {
    const type = exposureOf(service)
    if (type === undefined) return []
    const targets = targetsOf(service, build)
    const closed = targets.filter((target) => !isOpen(target))
    if (closed.length === 0) return []
    const ports = [...new Set(closed.map((target) => writePort(target, targets)))].join(', ')
    const lines = closed.map((target) => `${lineFor(target, targets)} with a reason`).join(' and ')
    return [findings['exposed-service']({ object: service.object }, `type ${type}`, ports, lines)]
  })
}

/** Ports of pods that their node forwards to them, and that no flow opens to anyone. */
export function exposedHostPorts(build: Build): Finding[] {
  const isOpen = openTargets(build)
  return build.subjects.flatMap(({ workload }) => {
    if (!workload) return []
    const targets = servingContainers(workload)
      .flatMap((container) => container.ports ?? [])
      .flatMap(({ hostPort, containerPort, protocol }) =>
        hostPort ? [{ hostPort, pods: workload, port: containerPort, protocol: (protocol ?? 'TCP') as Protocol }] : [],
      )
    const closed = targets.filter((target) => !isOpen(target))
    if (closed.length === 0) return []
    const hasService = ({ port, protocol }: Target): boolean =>
      build.topology
        .servicesFor(workload)
        .some(({ ports }) =>
          ports.some((one) => targetPortNumber(one, workload) === port && (one.protocol ?? 'TCP') === protocol),
        )
    const found = closed.map(({ hostPort }) => String(hostPort))
    const lines = closed.map(
      (target) => `${lineFor(target, targets)} with ${hasService(target) ? '' : 'plain: true and '}a reason`,
    )
    return [findings['exposed-host-port']({ object: workload.object }, found, lines.join(' and '))]
  })
}

/** Does a flow admit anyone to a port of pods? */
function openTargets({ flows }: Build): (target: Target) => boolean {
  const open = new Set(
    flows.flatMap(({ peers, callees }) =>
      peers === 'any'
        ? callees.map(({ workload, namespace, name, port }) =>
            keyOf(workload ?? { namespace, name }, isEveryPort(port) ? EVERY_PORT : port.port, port.protocol),
          )
        : [],
    ),
  )
  return ({ pods, port, protocol }) =>
    open.has(keyOf(pods, port, protocol)) || open.has(keyOf(pods, EVERY_PORT, protocol))
}

const keyOf = ({ namespace, name }: Named, port: number | string, protocol: Protocol): string =>
  `${namespace}/${name}:${port}/${protocol}`

const targetsOf = (service: Service, { topology, subjectOf, madeSubject }: Build): Target[] =>
  service.ports.flatMap((servicePort) => {
    const protocol = (servicePort.protocol ?? 'TCP') as Protocol
    const onWorkloads = topology
      .workloadsBehind(service)
      .filter((workload) => subjectOf(workload))
      .map((workload) => ({ pods: workload as Named, port: targetPortNumber(servicePort, workload) }))
    const onMade = topology.made
      .filter((pods) => isBehind(service, pods) && madeSubject(pods))
      .map((pods) => ({ pods: pods as Named, port: targetOfMade(pods, servicePort) }))
    return [...onWorkloads, ...onMade].flatMap(({ pods, port }) =>
      port === undefined ? [] : [{ pods, port, protocol }],
    )
  })

const lineFor = (target: Target, all: readonly Target[]): string =>
  `flow ${target.pods.namespace}/${target.pods.name}:${writePort(target, all)} from: [any]`

/** A port as a flow has it: with its protocol, unless it is TCP and no other has the number. */
function writePort({ port, protocol }: Target, all: readonly Target[]): string {
  const isAlone = all.every((other) => other.port !== port || other.protocol === protocol)
  return protocol === 'TCP' && isAlone ? String(port) : `${port}/${protocol.toLowerCase()}`
}

/** How callers outside the cluster reach a Service; undefined if they do not. */
function exposureOf({ object }: Service): string | undefined {
  const type = valueAt(object, ['spec', 'type'])
  if (type === 'LoadBalancer' || type === 'NodePort') return type
  const addresses = valueAt(object, ['spec', 'externalIPs'])
  return Array.isArray(addresses) && addresses.length > 0 ? 'ClusterIP with externalIPs' : undefined
}
