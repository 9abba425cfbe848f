import { writeCaller } from '../../lib/flows/flow.ts'
import { type ProbeTarget, probeTargets } from '../../lib/flows/scrapes.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { isKind } from '../../lib/kubernetes/objects.ts'
import { targetPortNumber } from '../../lib/kubernetes/service.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'

/** Probes of Prometheus whose prober is denied egress, and has no flow to what it probes. */
export function probesWithoutFlows(build: Build, open: ReadonlyMap<Subject, string>): Finding[] {
  if (!build.spec.directions.includes('Egress')) return []
  return build.objects
    .filter((object) => isKind(object, 'monitoring.coreos.com', 'Probe'))
    .flatMap((object) => {
      const targets = probeTargets(object, build.topology)
      const subjects = (targets[0]?.probers ?? []).flatMap(({ workload }) =>
        workload ? (build.subjectOf(workload) ?? []) : [],
      )
      const [prober] = subjects.filter((subject) => !open.has(subject))
      if (!prober) return []
      const closed = targets.flatMap((target) => flowsMissing(prober, target, build))
      const caller = writeCaller(prober.namespace, prober.podLabels)
      return closed.length > 0 ? [findings['probe-target-cut-off']({ object }, caller, [...new Set(closed)])] : []
    })
}

/** The flows that a prober needs to call a target, as policy writes them. */
function flowsMissing(prober: Subject, { host, port }: ProbeTarget, build: Build): string[] {
  const [name = '', namespace = prober.namespace, suffix] = host.split('.')
  const service = build.topology.serviceCalled(namespace, name)
  if (service) {
    const ports = service.ports.filter((candidate) => candidate.port === port)
    return build.topology.workloadsBehind(service).flatMap((workload) => {
      const numbers = ports.flatMap((candidate) => targetPortNumber(candidate, workload) ?? [])
      return numbers
        .filter((number) => !isDeclared(prober, workload.namespace, workload.name, number, build))
        .map((number) => `flow ${workload.namespace}/${workload.name}:${number}`)
    })
  }
  const isInCluster = !host.includes('.') || suffix === 'svc'
  if (isInCluster) return isDeclared(prober, namespace, name, port, build) ? [] : [`flow ${namespace}/${name}:${port}`]
  const isCalled = build.flows.some(
    ({ flow: { destination, ...flow }, callers }) =>
      destination.type === 'external' &&
      destination.host === host &&
      isBetween(port, flow) &&
      callers.some((workload) => workload === prober.workload),
  )
  return isCalled ? [] : [`flow external/${host}:${port}`]
}

const isDeclared = (prober: Subject, namespace: string, name: string, port: number, { flows }: Build): boolean =>
  flows.some(
    ({ callees, callers }) =>
      callers.some((workload) => workload === prober.workload) &&
      callees.some((callee) => callee.namespace === namespace && callee.name === name && isBetween(port, callee.port)),
  )

const isBetween = (port: number, range: { port: number | string; endPort?: number }): boolean =>
  Number(range.port) <= port && port <= (range.endPort ?? Number(range.port))
