import type { PeerSpec } from '../../lib/flows/peer.ts'
import { type Port, tcp } from '../../lib/flows/port.ts'
import { toPeer } from '../config-peers.ts'
import type { Direction, Peer, Policy, Rule } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import { deniedDirections } from '../subjects/stage.ts'
import { rulesOf } from './rules.ts'

/** The policies of all pods of a denied namespace: `default-deny`, the scrape of sidecars, and those that are always there. */
export function namespacePolicies(build: Build): Policy[] {
  const directions = deniedDirections(build.spec)
  if (directions.length === 0) return []
  return build.scope.denied.flatMap((namespace) =>
    [defaultDeny(directions), ...statsScrape(build, namespace, directions), ...always(build, directions)].map(
      (policy) => ({
        ...policy,
        namespace,
        labels: {},
        owner: build.namespaces.get(namespace),
      }),
    ),
  )
}

// Policies of a whole namespace come with the Namespace, so pods are never there before what isolates them.
type Draft = Omit<Policy, 'namespace' | 'labels' | 'owner'>

const defaultDeny = (directions: readonly Direction[]): Draft => ({
  name: 'default-deny',
  podLabels: {},
  ...(directions.includes('Ingress') && { ingress: [] }),
  ...(directions.includes('Egress') && { egress: [] }),
  exceptions: [],
})

/** Sidecars serve the metrics of their pods, so only a namespace with sidecars gets this policy. */
function statsScrape(
  { spec: { scrape }, subjects }: Build,
  namespace: string,
  directions: readonly Direction[],
): Draft[] {
  const hasSidecars = subjects.some((subject) => subject.namespace === namespace && subject.injected)
  if (!scrape || scrape.off || !directions.includes('Ingress') || !hasSidecars) return []
  const peer: Peer = { type: 'pods', namespace: scrape.namespace, labels: scrape.labels }
  const ingress = rulesOf([{ peer, ports: [tcp(scrape.port)] }])
  return [{ name: 'allow-envoy-stats-scrape', podLabels: {}, ingress, exceptions: [] }]
}

function always({ spec }: Build, directions: readonly Direction[]): Draft[] {
  return Object.entries(spec.always)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { podLabels, from, to, ports, protocol }]) => {
      const admitted = ports.map((port) => ({ protocol, port }))
      const ingress = directions.includes('Ingress') ? rulesFor(from, admitted) : []
      const egress = directions.includes('Egress') ? rulesFor(to, admitted) : []
      if (ingress.length + egress.length === 0) return []
      const exceptions = [...Object.values(from), ...Object.values(to)].flatMap(({ reason }) => reason ?? [])
      return [
        { name, podLabels, ...(ingress.length > 0 && { ingress }), ...(egress.length > 0 && { egress }), exceptions },
      ]
    })
}

const rulesFor = (peers: Readonly<Record<string, PeerSpec>>, ports: readonly Port[]): Rule[] =>
  rulesOf(Object.values(peers).map((peer) => ({ peer: toPeer(peer), ports })))
