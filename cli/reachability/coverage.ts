import { backendCalls } from '../../functions/lib/flows/backends.ts'
import { findings as flowFindings } from '../../functions/lib/flows/findings.ts'
import { about, parseFlows } from '../../functions/lib/flows/flow.ts'
import { isBehind } from '../../functions/lib/flows/made-pods.ts'
import { isEveryPort, numberOf, type Port } from '../../functions/lib/flows/port.ts'
import { type ResolvedFlow, resolveFlows } from '../../functions/lib/flows/resolve.ts'
import type { FlowsSpec } from '../../functions/lib/flows/schema.ts'
import { type Topology, topologyOf } from '../../functions/lib/flows/topology.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { HBONE } from '../../functions/lib/kubernetes/istio.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { isHostNetwork } from '../../functions/lib/kubernetes/pod-traits.ts'
import { replicaOf, type Service, type ServicePort, targetPortNumber } from '../../functions/lib/kubernetes/service.ts'
import { runsPods, servingContainers, type Workload } from '../../functions/lib/kubernetes/workload.ts'
import { POD_NAME } from '../../functions/lib/kubernetes/workload-kinds.ts'
import { environment as findings } from '../findings.ts'
import { admits, type Target } from './admits.ts'
import { type Baseline, isBaseline, isForKubelets } from './baseline.ts'
import { blockedFlows } from './blocked-flows.ts'
import { asWorkload } from './made-workload.ts'
import { Restrictions } from './restrictions.ts'
import { uncalledScrapes } from './uncalled-scrapes.ts'

/** Who can call and be called in a hardened rendering: what policies cut off shows here, and nowhere else. */
export interface Coverage {
  figures: Figures
  /** Ports of Services that nobody may call, without those that are meant so. */
  uncalled: readonly UncalledPort[]
  /** Workloads that may call nothing but DNS and the mesh. */
  callNothing: readonly Workload[]
  findings: readonly Finding[]
}

/** How many of each a rendering has; ports are those of Services whose pods are in it. */
export interface Figures {
  services: number
  ports: number
  called: number
  uncalled: number
  /** Those of the uncalled that a flow expects to be so. */
  expected: number
  flows: number
}

export interface UncalledPort {
  service: Service
  port: ServicePort
  workloads: readonly Workload[]
}

/** Looks at a hardened rendering as a cluster would: by its policies, whoever wrote them. */
export function coverageOf(objects: readonly KubernetesObject[], flows: FlowsSpec, baseline: Baseline): Coverage {
  const topology = topologyOf(objects)
  const declared = parseFlows(flows)
  const resolved = resolveFlows(declared, topology).flows
  const restrictions = new Restrictions(objects)
  const isCalled = calledTargets(objects, topology, resolved, restrictions, baseline)
  const expected = expectedUncalled(resolved, topology)
  const ports = topology.services.flatMap((service) =>
    service.ports.flatMap((port) => {
      const targets = targetsOf(service, port, topology)
      return targets.length > 0 ? [{ service, port, targets }] : []
    }),
  )
  const uncalled = ports.filter(({ targets }) => !targets.some(isCalled))
  const unexpected = uncalled
    .filter(({ targets }) => !targets.every((target) => expected.has(keyOf(target))))
    .map(({ service, port, targets }) => ({ service, port, workloads: targets.map(({ workload }) => workload) }))
  const callNothing = silentWorkloads(topology, restrictions, baseline)
  const ofServices = new Set(ports.flatMap(({ targets }) => targets.map(keyOf)))
  return {
    figures: {
      services: topology.services.length,
      ports: ports.length,
      called: ports.length - uncalled.length,
      uncalled: uncalled.length,
      expected: uncalled.length - unexpected.length,
      flows: declared.length,
    },
    uncalled: unexpected,
    callNothing,
    findings: [
      ...unexpected.map(uncalledPort),
      ...uncalledScrapes(objects, topology, { isCalled, statsPorts: baseline.statsPorts, ofServices, keyOf }),
      ...callNothing.map(({ object }) => findings['calls-nothing']({ object })),
      ...calledAfterAll(resolved, topology, isCalled),
      ...blockedFlows(resolved, restrictions),
    ],
  }
}

const keyOf = ({ workload: { object, namespace, name }, port, protocol }: Target): string =>
  `${object.kind} ${namespace}/${name}:${port}/${protocol}`

const targetsOf = (service: Service, port: ServicePort, topology: Topology): Target[] =>
  [
    ...topology.workloadsBehind(service).filter(runsPods),
    ...topology
      .madeWith(service.namespace, service.selector ?? {})
      .filter((pods) => isBehind(service, pods))
      .map(asWorkload),
  ].flatMap((workload) => {
    const number = targetPortNumber(port, workload)
    return number === undefined
      ? []
      : [{ workload, replica: replicaOf(service), port: number, protocol: port.protocol ?? 'TCP' }]
  })

/** Does the policy for a port on pods admit anyone but kubelets? Of what comes through the tunnel of an ambient mesh, flows and routes tell the port. */
function calledTargets(
  objects: readonly KubernetesObject[],
  topology: Topology,
  flows: readonly ResolvedFlow[],
  restrictions: Restrictions,
  baseline: Baseline,
): (target: Target) => boolean {
  const tunnelled = new Set([
    ...flows.filter(({ flow }) => flow.callers.length > 0).flatMap((flow) => targetsOfFlow(flow, topology).map(keyOf)),
    ...backendCalls(objects, topology).calls.map(({ workload, port }) =>
      keyOf({ workload, port: numberOf(port), protocol: port.protocol }),
    ),
  ])
  return (target) => {
    const { workload, replica } = target
    // No policy selects such pods.
    if (isHostNetwork(workload)) return true
    const labels = replica === undefined ? workload.labels : { ...workload.labels, [POD_NAME]: replica }
    const rules = restrictions.rulesFor({ namespace: workload.namespace, labels }, 'ingress')
    if (!rules) return true
    const admitting = rules.filter((rule) => !isForKubelets(rule, baseline))
    if (admitting.some((rule) => admits(rule, target))) return true
    const isTunnel = admitting.some((rule) => rule.ports && admits(rule, { ...target, port: HBONE }))
    return isTunnel && tunnelled.has(keyOf(target))
  }
}

/** The ports that flows expect nobody to call. */
const expectedUncalled = (flows: readonly ResolvedFlow[], topology: Topology): Set<string> =>
  new Set(
    flows.filter(({ flow }) => flow.expect === 'uncalled').flatMap((flow) => targetsOfFlow(flow, topology).map(keyOf)),
  )

const targetsOfFlow = ({ callees }: ResolvedFlow, topology: Topology): Target[] =>
  callees.flatMap(({ workload, namespace, name, port }) => {
    const called = workload ? [workload] : topology.madeNamed(namespace, name).map(asWorkload)
    return called.flatMap((one) => portsOn(one, port, topology))
  })

/** Every port of a workload is what its Services lead to, and what its containers declare. */
function portsOn(workload: Workload, port: Port, topology: Topology): Target[] {
  const { protocol } = port
  if (!isEveryPort(port)) return [{ workload, port: numberOf(port), protocol }]
  const served = topology
    .servicesFor(workload)
    .flatMap((service) => service.ports)
    .filter((one) => (one.protocol ?? 'TCP') === protocol)
    .map((one) => targetPortNumber(one, workload))
  const declared = servingContainers(workload)
    .flatMap(({ ports }) => ports ?? [])
    .filter((one) => (one.protocol ?? 'TCP') === protocol)
    .map(({ containerPort }) => containerPort)
  return [...new Set([...served, ...declared])].flatMap((number) =>
    number === undefined ? [] : [{ workload, port: number, protocol }],
  )
}

const silentWorkloads = (topology: Topology, restrictions: Restrictions, baseline: Baseline): Workload[] =>
  topology.workloads
    .filter((workload) => runsPods(workload) && !isHostNetwork(workload))
    .filter((workload) => restrictions.rulesFor(workload, 'egress')?.every((rule) => isBaseline(rule, baseline)))

const uncalledPort = ({ service, port, workloads }: UncalledPort): Finding => {
  const written = port.name ?? port.port
  const keys = workloads.map(({ namespace, name }) => `${namespace}/${name}:${written}`)
  return findings['uncalled-port']({ object: service.object }, String(written), [...new Set(keys)])
}

const calledAfterAll = (
  flows: readonly ResolvedFlow[],
  topology: Topology,
  isCalled: (target: Target) => boolean,
): Finding[] =>
  flows
    .filter((resolved) => resolved.flow.expect === 'uncalled' && targetsOfFlow(resolved, topology).some(isCalled))
    .map(({ flow }) => flowFindings['called-after-all'](about(flow), flow.key, 'a policy of the rendering'))
