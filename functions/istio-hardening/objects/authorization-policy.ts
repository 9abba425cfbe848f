import type { Topology } from '../../lib/flows/topology.ts'
import { error, type Finding } from '../../lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { type IstioHardeningSpec, isOn } from '../config.ts'
import { type Member, objectFor } from '../mesh/member.ts'
import { scrapePort } from '../pods/scrape-annotations.ts'
import type { RuntimePods } from '../runtime-pods.ts'
import { allowRules } from './authorization-rules.ts'
import type { Placement } from './one-per-workload.ts'
import type { PermissivePorts } from './permissive-ports.ts'

const API_VERSION = 'security.istio.io/v1'
const KIND = 'AuthorizationPolicy'

/** A member and its ports that take plain text. */
export interface Called {
  member: Member
  permissive: PermissivePorts
}

/**
 * With `authorization: flows`, whoever is called gets an AuthorizationPolicy, ALLOW: members, and pods that an operator
 * makes. Of a sidecar the agent answers the scraper; in ambient mode the scraper calls the pod itself.
 */
export function authorizationPolicies(
  called: readonly Called[],
  runtimePods: readonly RuntimePods[],
  spec: IstioHardeningSpec,
  topology: Topology,
): Placement {
  if (spec.authorization !== 'flows') return { generated: [], findings: [] }
  const ofMembers = called.flatMap(({ member, permissive }) => {
    const scraped = spec.ambient ? scrapePort(member.workload) : undefined
    const arrivals = { ...member.traffic, permissivePorts: permissive.ports, scrapePort: scraped }
    const rules = allowRules(arrivals, spec, topology)
    return rules ? [objectFor(member, API_VERSION, KIND, policySpec(member.selector, rules))] : []
  })
  const taken = new Set(called.map(({ member }) => `${member.workload.namespace}/${member.name}`))
  const here = runtimePods.filter(({ namespace }) => !isOn(spec.notInjected, namespace))
  return {
    generated: [...ofMembers, ...here.map((pods) => runtimePolicy(pods, spec, topology))],
    findings: here.flatMap((pods) => findingsOf(pods, taken)),
  }
}

function runtimePolicy(pods: RuntimePods, spec: IstioHardeningSpec, topology: Topology): KubernetesObject {
  const { namespace, name, labels, inbound } = pods
  const plain = inbound.filter(({ resolved }) => resolved.flow.plain).map(({ callee }) => Number(callee.port))
  const arrivals = { inbound, backends: [], permissivePorts: new Set(plain), scrapePort: undefined }
  const rules = allowRules(arrivals, spec, topology) ?? []
  return { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace }, spec: policySpec(labels, rules) }
}

/** Without rules it admits nobody. Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
const policySpec = (selector: Labels, rules: readonly Fields[]): Fields => ({
  selector: { matchLabels: { ...selector } },
  action: 'ALLOW',
  ...(rules.length > 0 && { rules }),
})

function findingsOf({ namespace, name, inbound }: RuntimePods, taken: ReadonlySet<string>): Finding[] {
  const named = inbound.filter(({ callee }) => typeof callee.port === 'string')
  return [
    ...named.map(({ resolved: { flow } }) =>
      error(
        `flow ${flow.key}: found the name of a port of pods that are made at run time, expected its number, since ${KIND} takes numbers`,
      ),
    ),
    ...(taken.has(`${namespace}/${name}`)
      ? [
          error(
            `flows to ${namespace}/${name}: found a workload of this name beside the pods that they select; expected another name, since two objects of kind ${KIND} would have it`,
          ),
        ]
      : []),
  ]
}
