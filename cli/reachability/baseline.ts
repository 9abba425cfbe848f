import { plan } from '../../functions/hardening/plan.ts'
import { type Labels, selects } from '../../functions/lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../../functions/network-policy-default-deny/config.ts'
import type { HardenedStack } from '../policy/policies.ts'
import type { Rule } from './restrictions.ts'

/** What policies admit to or from every pod, which says nothing of what one of them is for. */
export interface Baseline {
  dnsPorts: ReadonlySet<number | string | undefined>
  /** Pods of the mesh that sidecars call. */
  receivers: readonly { labels: Labels; port: number }[]
  /** Ranges from which kubelets probe. */
  kubelets: ReadonlySet<string>
  /** Ports on which sidecars give the metrics of their pods. */
  statsPorts: ReadonlySet<number>
}

/** Source: https://istio.io/latest/docs/ambient/usage/networkpolicy/#ambient-health-probes-and-kubernetes-networkpolicy */
const AMBIENT_PROBES = '169.254.7.127/32'

/** The baselines of all policies of an environment together. */
export function baselineOf(stacks: readonly Pick<HardenedStack, 'policies'>[]): Baseline {
  const specs = stacks
    .flatMap(({ policies }) => policies)
    .flatMap((policy) => plan(policy))
    .filter((step) => step.function.kind === 'NetworkPolicyDefaultDeny')
    .map(({ spec }) => spec as NetworkPolicyDefaultDenySpec)
  return {
    dnsPorts: new Set(specs.map(({ dns }) => dns.port)),
    receivers: specs.flatMap(({ istiod, otelAgent }) => [istiod, ...(otelAgent ? [otelAgent] : [])]),
    statsPorts: new Set(specs.flatMap(({ scrape }) => scrape?.port ?? [])),
    kubelets: new Set([AMBIENT_PROBES, ...specs.flatMap(({ probes }) => probes?.from ?? [])]),
  }
}

/** Does a rule of egress let pods call DNS or the mesh, and nobody else? */
export function isBaseline({ peers, ports }: Rule, { dnsPorts, receivers }: Baseline): boolean {
  if (!ports) return false
  if (ports.every(({ port }) => dnsPorts.has(port))) return true
  return ports.every(({ port }) =>
    peers?.every(({ labels }) =>
      receivers.some((receiver) => receiver.port === port && labels && selects(receiver.labels, labels)),
    ),
  )
}

/** Does a rule of ingress admit kubelets alone? */
export const isForKubelets = ({ peers }: Rule, { kubelets }: Baseline): boolean =>
  peers?.every(({ cidr }) => cidr !== undefined && kubelets.has(cidr)) === true
