// Denies every namespace of the build all traffic, and admits again what is declared or follows from the build.
//
// Reads: Namespaces, workloads and Services; custom resources for which known operators make pods; VirtualServices, routes,
// Ingresses, webhook configurations and APIServices, whose backends they call; monitors of Prometheus; Sidecars, for the reason of ALLOW_ANY; spec.flows.
// Writes NetworkPolicies (dialect cilium: CiliumNetworkPolicies), and nothing else:
//   per denied namespace  default-deny, allow-envoy-stats-scrape and the policies of `always`
//   per workload          one of its name: ingress from its callers, egress to what it calls and what every pod needs
//   per run-time pods     the same, by the labels with which flows select them
// Refuses: a policy of a generated name that a person wrote with other rules; a peer that no labels narrow down without
// a reason; a dead policy; traffic of pods with hostNetwork where no node addresses are given.
import { isDeepStrictEqual } from 'node:util'
import { scrapeSources } from '../lib/flows/scrape-sources.ts'
import type { Finding } from '../lib/framework/finding.ts'
import { replaceGenerated } from '../lib/framework/generated-objects.ts'
import { Shared } from '../lib/framework/shared.ts'
import { unknownKeys, workloadNames } from '../lib/framework/unknown-keys.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import { announcedTraffic } from './checks/announced.ts'
import { broaderThanFlows } from './checks/broader-policies.ts'
import { callersWithoutPods } from './checks/callers.ts'
import { deadPolicies } from './checks/dead-policies.ts'
import { egressThatWasOpen } from './checks/egress-that-was-open.ts'
import { manyPairs } from './checks/many-pairs.ts'
import { monitorsWithoutScraper } from './checks/monitors.ts'
import { namesWithoutPort } from './checks/named-ports.ts'
import { checkPolicies, type Written } from './checks/peers.ts'
import { probesWithoutFlows } from './checks/probes.ts'
import { redundantPolicies } from './checks/redundant-policies.ts'
import { forgottenEndpoints } from './checks/service-endpoints.ts'
import { servicesWithoutPods } from './checks/service-pods.ts'
import type { NetworkPolicyDefaultDenySpec } from './config.ts'
import { write } from './dialects/write.ts'
import { findings } from './findings.ts'
import { NAME } from './name.ts'
import { namespacePolicies } from './policies/of-namespaces.ts'
import { subjectPolicies } from './policies/of-subjects.ts'
import { type Build, readBuild } from './subjects/build.ts'
import type { Subject } from './subjects/subject.ts'
import { openEgress } from './traffic/open-egress.ts'
import { scrapeFindings } from './traffic/scrape.ts'

export function transform(
  objects: KubernetesObject[],
  spec: NetworkPolicyDefaultDenySpec,
  _name: string = NAME,
  shared: Shared = new Shared(),
): Finding[] {
  const { build, findings: ofBuild } = readBuild(objects, spec, shared)
  const open = openEgress(build)
  const written = policiesOf(build, open.reasons)
  const isFull = spec.stage === 'full' && Object.keys(spec.workloads).length === 0
  const full = isFull
    ? written
    : policiesOf({ ...build, spec: { ...spec, stage: 'full', workloads: {} } }, open.reasons)
  const ofFull = [
    ...ofBuild,
    ...open.findings,
    ...scrapeFindings(build.subjects, spec.scrape !== undefined, scrapeSources(shared)),
    ...monitorsWithoutScraper(build),
    ...probesWithoutFlows(build, open.reasons),
    ...callersWithoutPods(build),
    ...manyPairs(build),
    ...announcedTraffic(build, open.reasons),
    ...forgottenEndpoints(build),
    ...namesWithoutPort(build),
    ...servicesWithoutPods(build),
    ...broaderThanFlows(full, build),
    ...deadPolicies(build),
  ]
  return [
    ...(spec.stage === 'audit' ? ofFull.map(softened) : ofFull),
    ...(spec.stage === 'full' ? [] : [findings.staged({}, spec.stage, written.length, full.length)]),
    ...unknownWorkloads(build),
    ...egressThatWasOpen(build, open.reasons),
    ...checkPolicies(written, build),
    ...replaceGenerated(
      objects,
      { name: NAME, types: ['networking.k8s.io/NetworkPolicy', 'cilium.io/CiliumNetworkPolicy'] },
      written.map(({ object }) => object),
      clash,
    ),
    ...redundantPolicies(objects, spec),
  ]
}

const policiesOf = (build: Build, open: ReadonlyMap<Subject, string>): Written[] =>
  [...namespacePolicies(build), ...subjectPolicies(build, open)].map((policy) => ({
    policy,
    object: write(policy, build.spec),
  }))

/** An audit reports what is missing, and refuses nothing. */
const softened = (finding: Finding): Finding =>
  finding.severity === 'error' && finding.id.startsWith(`${NAME}/`) ? { ...finding, severity: 'warning' } : finding

const unknownWorkloads = ({ subjects, spec }: Build): Finding[] =>
  unknownKeys(findings['unknown-key'], 'workloads', spec.workloads, {
    what: 'workload',
    names: subjects.flatMap(({ workload, name }) => (workload ? workloadNames([workload]) : [name])),
  })

/** Policies add up, so completing one that a person wrote would hide who admits what. */
const clash = (existing: KubernetesObject, wanted: KubernetesObject): Finding[] =>
  isDeepStrictEqual(existing.spec, wanted.spec) ? [] : [findings['hand-written-name']({ object: existing })]
