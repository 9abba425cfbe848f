import type { Finding } from '../framework/finding.ts'
import type { Shared } from '../framework/shared.ts'
import { identity, type KubernetesObject } from '../kubernetes/objects.ts'
import { BACKEND, type BackendCall, backendCalls, type MadeCall } from './backends.ts'
import type { ElsewhereSpec } from './elsewhere.ts'
import { isUnchanged, type Read, readFacts } from './facts.ts'
import { FLOW, type Flow, parseFlows } from './flow.ts'
import { type ResolvedFlow, resolveFlows } from './resolve.ts'
import type { FlowsSpec } from './schema.ts'
import { type Scrape, scrapesOf } from './scrapes.ts'
import { type Topology, topologyOf } from './topology.ts'
import { calledAfterAll } from './uncalled.ts'
import { lateVariables } from './variables.ts'

/** Who calls whom in a build, as flows and other objects say. */
export interface Traffic {
  topology: Topology
  /** Flows as they are declared, in the order of their keys. */
  declared: readonly Flow[]
  /** The flows that concern the build. */
  flows: readonly ResolvedFlow[]
  /** Calls that follow from objects of the build. */
  calls: readonly BackendCall[]
  /** What monitors of the build ask to be scraped. */
  scrapes: readonly Scrape[]
  /** Calls to pods that operators make. */
  madeCalls: readonly MadeCall[]
  /** Findings about what does not fit together. In one run each is given once, to the function that asks first. */
  findings: readonly Finding[]
}

interface Declaration {
  flows?: FlowsSpec | undefined
  /** What other builds have, even in a namespace of this one. */
  elsewhere?: ElsewhereSpec | undefined
  /** Namespaces without a Namespace object whose run-time pods still belong to this build. */
  namespaces?: readonly string[]
}

/**
 * The traffic of a build, resolved once in a run for all functions that declare the same. It is resolved again if something
 * that traffic depends on has changed.
 */
export const trafficOf = (objects: readonly KubernetesObject[], declaration: Declaration, shared: Shared): Traffic =>
  shared.get(KEY, () => new Memo()).trafficOf(objects, declaration)

/** The topology of a build, as `trafficOf` shares it. */
export const sharedTopology = (
  objects: readonly KubernetesObject[],
  { flows, elsewhere }: Pick<Declaration, 'flows' | 'elsewhere'>,
  shared: Shared,
): Topology => shared.get(KEY, () => new Memo()).topologyOf(objects, flows, elsewhere)

const KEY = Symbol('traffic')

class Memo {
  #read: Read | undefined
  #topology: Topology | undefined
  #traffic = new Map<string, Omit<Traffic, 'findings'>>()
  readonly #reported = new Set<string>()

  topologyOf(
    objects: readonly KubernetesObject[],
    flows: FlowsSpec | undefined,
    elsewhere: ElsewhereSpec | undefined,
  ): Topology {
    const read = readFacts(objects, flows)
    if (this.#topology && this.#read && isUnchanged(this.#read, read)) return this.#topology
    this.#read = read
    this.#traffic = new Map()
    this.#topology = topologyOf(objects, elsewhere)
    return this.#topology
  }

  trafficOf(objects: readonly KubernetesObject[], { flows, elsewhere, namespaces = [] }: Declaration): Traffic {
    const topology = this.topologyOf(objects, flows, elsewhere)
    const declared = parseFlows(flows)
    const adopted = namespacesAdopted(declared, topology, namespaces)
    const key = adopted.join()
    const known = this.#traffic.get(key)
    if (known) return { ...known, findings: [] }
    const { findings, ...traffic } = resolve(objects, topology, flows, declared, adopted)
    this.#traffic.set(key, traffic)
    return { ...traffic, findings: this.#unreported(findings) }
  }

  #unreported(findings: readonly Finding[]): Finding[] {
    const found = findings.map((finding) => ({ finding, key: faultOf(finding) }))
    const unreported = found.filter(({ key }) => !this.#reported.has(key))
    for (const { key } of found) this.#reported.add(key)
    return unreported.map(({ finding }) => finding)
  }
}

/** What makes two findings the same: the kind, the flow and the object. */
const faultOf = ({ id, object, tags }: Finding): string =>
  [id, tags?.[FLOW] ?? '', object ? identity(object) : ''].join(' ')

function resolve(
  objects: readonly KubernetesObject[],
  topology: Topology,
  spec: FlowsSpec | undefined,
  declared: readonly Flow[],
  adopted: readonly string[],
): Traffic {
  const withAdopted = { ...topology, ownNamespaces: new Set([...topology.ownNamespaces, ...adopted]) }
  const parts = declared.map((flow) => resolveFlows([flow], flow.selector ? withAdopted : topology, spec))
  const backends = backendCalls(objects, topology)
  const scraping = scrapesOf(objects, topology)
  const flows = parts.flatMap(({ flows: resolved }) => resolved)
  return {
    topology,
    declared,
    flows,
    calls: backends.calls,
    madeCalls: backends.madeCalls,
    scrapes: scraping.scrapes,
    findings: [
      ...lateVariables(objects),
      ...scraping.findings,
      ...calledAfterAll(flows, backends.calls),
      ...parts.flatMap(({ findings }) => findings),
      ...backends.findings.filter((finding) => !declared.some((flow) => serves(flow, finding))),
    ],
  }
}

/** Does a flow go to the Service that a backend names? */
const serves = ({ destination, service }: Flow, { tags }: Finding): boolean =>
  destination.type === 'workload' &&
  tags?.[BACKEND] !== undefined &&
  [service, destination.name].some((name) => tags[BACKEND] === `${destination.namespace}/${name}`)

/** Only flows that select run-time pods there make a difference. */
const namespacesAdopted = (declared: readonly Flow[], topology: Topology, namespaces: readonly string[]): string[] =>
  namespaces.filter(
    (namespace) =>
      !topology.ownNamespaces.has(namespace) &&
      declared.some(
        ({ selector, destination }) =>
          selector && destination.type === 'workload' && destination.namespace === namespace,
      ),
  )
