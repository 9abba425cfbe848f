import type { Gateways } from '../../lib/flows/gateways.ts'
import { numberOf } from '../../lib/flows/port.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { scrapePort } from '../../lib/kubernetes/scrape-annotations.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { type IstioHardeningSpec, isOn } from '../config.ts'
import { findings } from '../findings/index.ts'
import { type Member, objectFor } from '../mesh/member.ts'
import type { CalledRuntimePods } from '../mesh/traffic.ts'
import { type Admission, admissionsOf } from './admissions.ts'
import { allowRules } from './authorization-rules.ts'
import type { PermissivePorts } from './permissive-ports.ts'
import { joined, type Kind, type Placement } from './policy-kind.ts'
import { openedPairs } from './shared-identities.ts'

export const authorizationPolicy: Kind = {
  group: 'security.istio.io',
  kind: 'AuthorizationPolicy',
  apiVersion: 'security.istio.io/v1',
  selector: ['spec', 'selector', 'matchLabels'],
}

/** A member and its ports that take plain text. */
export interface Called {
  member: Member
  permissive: PermissivePorts
}

/**
 * With `authorization: flows`, every callee gets an AuthorizationPolicy, ALLOW: members, and pods that an operator makes.
 * A sidecar's agent answers the scraper for its pod; in ambient mode the scraper calls the pod itself.
 */
export function authorizationPolicies(
  called: readonly Called[],
  runtimePods: readonly CalledRuntimePods[],
  spec: IstioHardeningSpec,
  topology: Topology,
  gateways: Gateways,
): Placement {
  if (spec.authorization !== 'flows') return { generated: [], findings: [] }
  const taken = new Set(called.map(({ member }) => `${member.workload.namespace}/${member.name}`))
  return joined([
    ...called.map((one) => memberPolicy(one, spec, topology, gateways)),
    ...runtimePods
      .filter(({ namespace }) => !isOn(spec.notInjected, namespace))
      .map((pods) => runtimePolicy(pods, taken, spec, topology, gateways)),
  ])
}

/** A member that nobody calls gets no policy: network policy denies it. */
function memberPolicy(
  { member, permissive }: Called,
  spec: IstioHardeningSpec,
  topology: Topology,
  gateways: Gateways,
): Placement {
  const { workload, traffic, selector } = member
  const scraped = spec.ambient ? scrapePort(workload.template) : undefined
  const arrivals = { ...traffic, permissivePorts: permissive.ports, scrapePort: scraped }
  const admissions = admissionsOf(arrivals, spec, topology, gateways)
  if (admissions.length === 0) return { generated: [], findings: [] }
  const { apiVersion, kind } = authorizationPolicy
  const pairs = spec.ambient ? openedPairs(traffic, admissions, spec, topology) : []
  return {
    generated: [objectFor(member, apiVersion, kind, policySpec(selector, admissions))],
    findings: pairs.length > 0 ? [findings['shared-identity']({ object: workload.object }, pairs.join('; '))] : [],
  }
}

function runtimePolicy(
  { namespace, name, labels, inbound }: CalledRuntimePods,
  taken: ReadonlySet<string>,
  spec: IstioHardeningSpec,
  topology: Topology,
  gateways: Gateways,
): Placement {
  const plain = inbound.filter(({ resolved }) => resolved.flow.plain).map(({ callee }) => numberOf(callee.port))
  const arrivals = { inbound, backends: [], permissivePorts: new Set(plain), scrapePort: undefined }
  const admissions = admissionsOf(arrivals, spec, topology, gateways)
  const { apiVersion, kind } = authorizationPolicy
  const policy: KubernetesObject = {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: policySpec(labels, admissions),
  }
  const pairs = spec.ambient ? openedPairs({ inbound }, admissions, spec, topology) : []
  return {
    generated: [policy],
    findings: [
      ...inbound
        .filter(({ callee }) => typeof callee.port.port === 'string')
        .map(({ resolved: { flow } }) => findings['runtime-port-name']({}, flow.key)),
      ...(taken.has(`${namespace}/${name}`) ? [findings['runtime-name-taken']({}, `${namespace}/${name}`)] : []),
      ...(pairs.length > 0 ? [findings['shared-identity']({ object: policy }, pairs.join('; '))] : []),
    ] satisfies Finding[],
  }
}

/** Without rules it admits nobody. Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
function policySpec(selector: Labels, admissions: readonly Admission[]): Fields {
  const rules = allowRules(admissions)
  return { selector: { matchLabels: { ...selector } }, action: 'ALLOW', ...(rules.length > 0 && { rules }) }
}
