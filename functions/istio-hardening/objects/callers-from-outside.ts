import { parentGateways } from '../../lib/flows/backend-references.ts'
import type { BackendCall } from '../../lib/flows/backends.ts'
import { type Gateways, ingressClassOf } from '../../lib/flows/gateways.ts'
import { isEveryPort, numberOf } from '../../lib/flows/port.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Service, targetPortNumber } from '../../lib/kubernetes/service.ts'
import { servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'

/** Something that sends traffic from outside the mesh to a port of the pods. */
interface Outsider {
  name: string
  port: number
  /** Whether a flow must declare it as well. A route needs no flow. */
  needsFlow: boolean
}

/** Does the gateway that makes this call run outside the mesh, as far as the build and the policy say? */
export type IsOutside = (call: BackendCall) => boolean

/**
 * What the build exposes to callers without a proxy, whom STRICT would refuse: Services of type LoadBalancer or NodePort or
 * with external IPs, flows `from: [any]`, and Ingresses and routes whose controller is outside the mesh. One finding for
 * each port, with the lines of policy that admit these callers.
 */
export function callersFromOutside(
  { workload, traffic }: Member,
  permissive: ReadonlySet<number>,
  topology: Topology,
  isOutside: IsOutside,
): Finding[] {
  if (isIstioGateway(workload)) return []
  const { object, name, namespace } = workload
  const anyone = traffic.inbound.filter(({ resolved }) => resolved.peers === 'any')
  const served = servedPorts(workload, topology)
  const open = anyone.flatMap(({ resolved: { flow }, callee }) =>
    (isEveryPort(callee.port) ? served : [numberOf(callee.port)]).map((port) => ({
      name: `flow ${flow.key} (from: any)`,
      port,
      needsFlow: false,
    })),
  )
  const openPorts = new Set(open.map(({ port }) => port))
  const outsiders: Outsider[] = [
    ...open,
    ...topology.servicesFor(workload).flatMap((service) => exposedPorts(service, workload)),
    ...hostPorts(workload),
    ...traffic.backends
      .filter(isOutside)
      .map(({ source, port }) => ({ name: describe(source), port: numberOf(port), needsFlow: false })),
  ].filter(({ port }) => !permissive.has(port))
  return [...groupBy(outsiders, ({ port }) => String(port)).values()].map((those) => {
    const port = those[0]?.port ?? 0
    const flow = those.some(({ needsFlow }) => needsFlow) && !openPorts.has(port)
    const lines = [
      ...(flow ? [`flow ${namespace}/${name}:${port} from: [any]`] : []),
      `permissivePorts.${name}."${port}"`,
    ]
    const names = [...new Set(those.map((one) => one.name))].join(', ')
    return findings['plain-text-from-outside']({ object }, names, port, lines.join(' and '))
  })
}

/** The ports that containers declare or Services lead to. */
const servedPorts = (workload: Workload, topology: Topology): number[] => [
  ...new Set([
    ...servingContainers(workload).flatMap(({ ports }) => (ports ?? []).map(({ containerPort }) => containerPort)),
    ...topology
      .servicesFor(workload)
      .flatMap(({ ports }) => ports)
      .flatMap((port) => targetPortNumber(port, workload) ?? []),
  ]),
]

function exposedPorts(service: Service, workload: Workload): Outsider[] {
  const type = valueAt(service.object, ['spec', 'type'])
  const isExposed = type === 'LoadBalancer' || type === 'NodePort'
  const addresses = valueAt(service.object, ['spec', 'externalIPs'])
  if (!isExposed && !(Array.isArray(addresses) && addresses.length > 0)) return []
  const name = `Service ${service.name} (${isExposed ? type : 'externalIPs'})`
  return service.ports.filter(isOfTcp).flatMap((candidate) => {
    const port = targetPortNumber(candidate, workload)
    return port === undefined ? [] : [{ name, port, needsFlow: true }]
  })
}

const hostPorts = (workload: Workload): Outsider[] =>
  servingContainers(workload)
    .flatMap(({ ports }) => ports ?? [])
    .filter((port) => port.hostPort && isOfTcp(port))
    .map(({ containerPort, hostPort }) => ({ name: `hostPort ${hostPort}`, port: containerPort, needsFlow: true }))

/** Proxies pass other protocols by. */
const isOfTcp = ({ protocol }: { protocol?: string | undefined }): boolean => (protocol ?? 'TCP') === 'TCP'

/**
 * The proxy of such a pod is the gateway itself, which terminates what comes from outside. Source:
 * https://istio.io/latest/docs/setup/additional-setup/gateway/#deploying-a-gateway
 */
const isIstioGateway = ({ template }: Workload): boolean =>
  /(?:^|,)gateway(?:,|$)/.test(template.metadata?.annotations?.['inject.istio.io/templates'] ?? '')

const OF_ISTIO = /^istio/

/**
 * Istio's own gateways are members of the mesh, and so are those of which the policy says so. A Gateway that is not in
 * the build is not judged.
 */
export function gatewaysOutside(objects: readonly KubernetesObject[], gateways: Gateways): IsOutside {
  const classes = new Map(
    objects
      .filter((object) => isKind(object, 'gateway.networking.k8s.io', 'Gateway'))
      .map(({ metadata, ...object }) => [
        `${metadata.namespace ?? ''}/${metadata.name}`,
        String(valueAt(object as KubernetesObject, ['spec', 'gatewayClassName']) ?? ''),
      ]),
  )
  return ({ route, source }) => {
    const serving = gateways.serving({ route, source })
    if (serving.length > 0 && serving.every(({ inMesh }) => inMesh)) return false
    if (route === 'ingress') return !OF_ISTIO.test(ingressClassOf(source) ?? '')
    return (
      route === 'gatewayApi' &&
      parentGateways(source).some(({ namespace, name }) => {
        const gatewayClass = classes.get(`${namespace}/${name}`)
        return gatewayClass !== undefined && !OF_ISTIO.test(gatewayClass)
      })
    )
  }
}
