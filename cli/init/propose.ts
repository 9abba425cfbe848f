import { EVERY_PORT, EXTERNAL, partsOf } from '../../functions/lib/flows/schema.ts'
import { type Topology, topologyOf } from '../../functions/lib/flows/topology.ts'
import { GENERATED_BY } from '../../functions/lib/framework/generated-objects.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { gatherFlows, type ProposedFlow } from './flows.ts'
import type { Found } from './found.ts'
import { withoutLongNames } from './long-names.ts'
import { isNamed, join, type Proposal } from './proposal.ts'
import { readBackends } from './read/backends.ts'
import { unknownContainers } from './read/containers.ts'
import { readUnknownControllers, valuesOfControllers } from './read/controllers.ts'
import { outsidePorts, readExposedServices } from './read/exposed-services.ts'
import { imagesWithoutDigest } from './read/images.ts'
import { madePods, readReferences, valuesOfMadePods } from './read/made-pods.ts'
import { readNetworkPolicies } from './read/network-policies.ts'
import { publicHosts } from './read/public-hosts.ts'
import { readScrapes } from './read/scrapes.ts'
import { unnamedEntries } from './read/service-entries.ts'
import { readSidecars } from './read/sidecars.ts'
import { readTexts } from './read/texts.ts'
import { givenValues } from './texts/given-values.ts'
import { dataOf } from './texts/pod-data.ts'

/** Reads a build. Nothing in it is changed, and nothing else is read. Objects that an earlier run generated are ignored. */
export async function propose(build: readonly KubernetesObject[]): Promise<Found> {
  const objects = build.filter((object) => object.metadata.annotations?.[GENERATED_BY] === undefined)
  const topology = topologyOf(objects)
  const made = madePods(objects, topology)
  const data = dataOf(topology.workloads, objects)
  const values = [
    ...topology.workloads.flatMap((workload) => givenValues(workload, data)),
    ...valuesOfMadePods(made, objects),
    ...valuesOfControllers(objects, topology),
  ]
  const scraping = readScrapes(objects, made, values, topology)
  const { proposals, notes } = join([
    readTexts(values, topology, publicHosts(objects, topology)),
    readUnknownControllers(objects, topology),
    readReferences(made, topology),
    readNetworkPolicies(objects, topology),
    readSidecars(objects, topology),
    readExposedServices(topology),
    readBackends(objects, topology),
    scraping,
  ])
  const namespaces = new Set(topology.workloads.map(({ namespace }) => namespace))
  const flows = gatherFlows(proposals.filter(isNamed))
  return withoutLongNames({
    flows,
    images: await imagesWithoutDigest(objects),
    namespaces: [...namespaces].filter((name) => !topology.ownNamespaces.has(name) && name !== KUBE_SYSTEM).sort(),
    containers: unknownContainers(topology.workloads),
    outsidePorts: outsidePorts(objects, topology),
    scraped: scraping.unanswered,
    notes: [
      ...new Set([
        ...notes,
        ...proposals.filter((one) => !isNamed(one)).map(unnamed),
        ...portsElsewhere(flows, topology),
        ...unnamedEntries(objects, flows),
      ]),
    ],
  })
}

/** A build cannot see what a Service of another build makes of its port, and policies count on pods. */
function portsElsewhere(flows: readonly ProposedFlow[], topology: Topology): string[] {
  const keys = flows
    .filter(({ key, selector }) => {
      const { namespace, name, port } = partsOf(key)
      const isHere =
        name === '*' ||
        topology.workloadsNamed(namespace, name).length > 0 ||
        topology.madeNamed(namespace, name).length > 0
      return namespace !== EXTERNAL && selector === undefined && !isHere && port !== EVERY_PORT
    })
    .map(({ key }) => key)
  return keys.length === 0
    ? []
    : [
        `${keys.join(', ')}: another build has the Service, and policies count the ports of its pods; if those listen on another number, add it as podPort`,
      ]
}

/** The cluster's own components break under default-deny, and their Namespace is in no build. */
const KUBE_SYSTEM = 'kube-system'

const unnamed = ({ source, destination, port }: Proposal): string =>
  `${source}: names ${destination}:${port}, and no label tells the pods from others, by which a flow could name them; give them one of their own, then add the flow`
