import { topologyOf } from '../../functions/lib/flows/topology.ts'
import { describe, isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { imagesWithoutDigest } from './find-images.ts'
import { gatherFlows, type ProposedFlow } from './flows.ts'
import { readNetworkPolicies } from './from-network-policies.ts'
import { readSidecars } from './from-sidecars.ts'
import { readTexts } from './from-texts.ts'
import { podTexts } from './pod-texts.ts'
import { isNamed, join, type Proposal } from './proposal.ts'

/** What a build says of the policy that it needs. */
export interface Found {
  flows: ProposedFlow[]
  /** Images without a digest. */
  images: string[]
  /** Namespaces with pods, and without their Namespace object. */
  namespaces: string[]
  /** What no flow can say. */
  notes: string[]
}

/** Reads a plain build: nothing of it is changed, and nothing but it is looked at. */
export async function propose(objects: readonly KubernetesObject[]): Promise<Found> {
  const topology = topologyOf(objects)
  const { proposals, notes } = join([
    readTexts(podTexts(topology.workloads, objects), topology, publicHosts(objects)),
    readNetworkPolicies(objects, topology),
    readSidecars(objects, topology),
  ])
  const namespaces = new Set(topology.workloads.map(({ namespace }) => namespace))
  return {
    flows: gatherFlows(proposals.filter(isNamed)),
    images: await imagesWithoutDigest(objects),
    namespaces: [...namespaces].filter((namespace) => !topology.ownNamespaces.has(namespace)).sort(),
    notes: [...new Set([...notes, ...proposals.filter((one) => !isNamed(one)).map(unnamed)])],
  }
}

const unnamed = ({ source, destination, port }: Proposal): string =>
  `${source}: names ${destination}:${port}, and no label tells the pods from others, by which a flow could name them; give them one of their own, then add the flow`

/** The hosts under which the build is reached from outside: a URL with one of them is its own address. */
function publicHosts(objects: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  return new Map(
    objects.flatMap((object) => hostsServedBy(object).map((host): [string, string] => [host, describe(object)])),
  )
}

function hostsServedBy(object: KubernetesObject): string[] {
  const at = (path: string[]): unknown[] => {
    const value = valueAt(object, path)
    return Array.isArray(value) ? value : []
  }
  const strings = (values: unknown[]): string[] => values.filter((value) => typeof value === 'string')
  if (isKind(object, 'networking.k8s.io', 'Ingress'))
    return strings(at(['spec', 'rules']).map((rule) => (isFields(rule) ? rule.host : undefined)))
  const isRoute = object.apiVersion.startsWith('gateway.networking.k8s.io/')
  if (isRoute) return strings(at(['spec', 'hostnames']))
  return isKind(object, 'networking.istio.io', 'VirtualService') ? strings(at(['spec', 'hosts'])) : []
}
