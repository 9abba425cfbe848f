import { isBehind } from '../../lib/flows/made-pods.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { hasPlaceholder } from '../../lib/kubernetes/image-reference.ts'
import { describe } from '../../lib/kubernetes/objects.ts'
import type { Container } from '../../lib/kubernetes/pod-template.ts'
import { type ServicePort, targetPortNumber } from '../../lib/kubernetes/service.ts'
import { servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import { dialled } from '../traffic/probes.ts'

/** Ports of Services and of probes that go by a name which no container declares: nobody reaches them, whatever a policy admits. */
export const namesWithoutPort = (build: Build): Finding[] => [
  ...servicePorts(build),
  ...build.topology.workloads.flatMap(probePorts),
]

/** Source: the injection template of Istio, https://github.com/istio/istio/tree/master/manifests/charts/istio-control/istio-discovery/files */
const DECLARED_BY_SIDECARS = new Set(['http-envoy-prom'])

/** A Service finds a name in any container of the pods that it selects. */
const servicePorts = ({ topology }: Build): Finding[] =>
  topology.services.flatMap((service) => {
    const workloads = topology.workloadsBehind(service)
    if (workloads.length === 0 || topology.made.some((pods) => isBehind(service, pods))) return []
    const isLost = (port: ServicePort): boolean =>
      isName(port.targetPort) &&
      !DECLARED_BY_SIDECARS.has(port.targetPort) &&
      workloads.every((workload) => targetPortNumber(port, workload) === undefined)
    const names = service.ports.filter(isLost).map(({ targetPort }) => String(targetPort))
    if (names.length === 0) return []
    const pods = workloads.map(({ object }) => describe(object)).join(', ')
    const known = workloads.flatMap((workload) => servingContainers(workload).flatMap(namesOf))
    return [findings['port-without-container']({ object: service.object }, unique(names), pods, unique(known))]
  })

/** The kubelet finds a name in the container of the probe alone. */
const probePorts = (workload: Workload): Finding[] =>
  servingContainers(workload).flatMap((container) => {
    const known = namesOf(container)
    const lost = dialled(container).filter(({ port }) => isName(port) && !known.includes(port))
    return lost.map(({ field, port }) =>
      findings['probe-without-port']({ object: workload.object }, `container ${container.name}: ${field}`, port, known),
    )
  })

const isName = (port: number | string | undefined): port is string => typeof port === 'string' && !hasPlaceholder(port)

const namesOf = ({ ports }: Container): string[] => (ports ?? []).flatMap(({ name }) => name ?? [])

const unique = (names: readonly string[]): string[] => [...new Set(names)]
