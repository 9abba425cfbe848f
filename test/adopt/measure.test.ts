import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import type { ProposedCaller, ProposedFlow } from '../../cli/init/flows.ts'
import type { Found } from '../../cli/init/found.ts'
import { propose } from '../../cli/init/propose.ts'
import { podsOf } from '../../cli/init/read/calls.ts'
import { readObjects } from '../../cli/read-objects.ts'
import { madePodsOf } from '../../functions/lib/flows/made-pods.ts'
import { policySelector, topologyOf } from '../../functions/lib/flows/topology.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'
import { servicesOf } from '../../functions/lib/kubernetes/service.ts'

// How much of the traffic that a careful reader sees in manifests `init` proposes. Each tree is written in another style; its
// truth.yaml is what the reader sees.
const TREES = join(__dirname, 'trees')
const NAMESPACE = 'shop'

interface Edge {
  /** A workload, `namespace:label=value`, `outside` or `*` and a slash and `*`. */
  from: string
  /** A workload, `namespace/service` or `external/host`. */
  to: string
  /** `*` is every port. */
  port: number | '*'
  class: string
}
interface Truth {
  edges: Edge[]
  missing: string[]
}
type Outcome = 'active' | 'guess' | 'lost'

const names = readdirSync(TREES)
if (names.length < 5) throw new Error('fewer trees than there are styles: the search is wrong')
const trees = names.map((name) => {
  const objects = readObjects(readFileSync(join(TREES, name, 'manifests.yaml'), 'utf8'), name)
  for (const { metadata } of objects) metadata.namespace ??= NAMESPACE
  return { name, objects, truth: parse(readFileSync(join(TREES, name, 'truth.yaml'), 'utf8')) as Truth }
})

const found = new Map<string, Found>()
beforeAll(async () => {
  for (const { name, objects } of trees) found.set(name, await propose(objects))
})
const flowsOf = (name: string): ProposedFlow[] => found.get(name)?.flows ?? []

/** The port number of a flow, whose key may name it. */
function portOf(flow: ProposedFlow, objects: readonly KubernetesObject[]): Edge['port'][] {
  const [port = ''] = flow.key.slice(flow.key.lastIndexOf(':') + 1).split('/')
  if (port === '*') return [port]
  if (/^\d+$/.test(port)) return [Number(port)]
  const owners = [...servicesOf(objects), ...madePodsOf(objects)]
  return owners.flatMap(({ ports }) => ports.filter(({ name }) => name === port).map((one) => one.port))
}

const topologies = new Map(trees.map(({ objects }) => [objects as readonly KubernetesObject[], topologyOf(objects)]))

/** The labels by which a flow tells the pods of a workload. */
function labelsOf(name: string, objects: readonly KubernetesObject[]): Labels | undefined {
  const topology = topologies.get(objects) ?? topologyOf(objects)
  const workload = topology.workloads.find((one) => one.name === name)
  return workload && policySelector(workload, topology)
}

/** Labels as the truth writes them: `app=web,tier=front`. */
const parsedLabels = (text: string): Labels =>
  Object.fromEntries(text.split(',').map((pair) => pair.split('=') as [string, string]))

/** Does a caller of a flow mean the caller that the truth names? */
function isCaller({ caller }: ProposedCaller, edge: Edge, objects: readonly KubernetesObject[]): boolean {
  if (edge.from === 'outside' || edge.from === '*/*') return caller === 'any'
  if (caller === edge.from || (caller === 'self' && edge.from === edge.to)) return true
  const [namespace, label] = edge.from.includes(':') ? edge.from.split(':') : [NAMESPACE, undefined]
  const wanted = label === undefined ? labelsOf(edge.from, objects) : parsedLabels(label)
  if (wanted === undefined) return false
  if (typeof caller !== 'string') return caller.namespace === namespace && isDeepStrictEqual(caller.labels, wanted)
  return isDeepStrictEqual(podsOf(namespace ?? '', wanted), caller)
}

const isDestination = (flow: ProposedFlow, { to, port }: Edge, objects: readonly KubernetesObject[]): boolean =>
  flow.key.startsWith(`${to.includes('/') ? to : `${NAMESPACE}/${to}`}:`) && portOf(flow, objects).includes(port)

function outcomeOf(edge: Edge, flows: readonly ProposedFlow[], objects: readonly KubernetesObject[]): Outcome {
  const callers = flows
    .filter((flow) => isDestination(flow, edge, objects))
    .flatMap((flow) => flow.callers.filter((caller) => isCaller(caller, edge, objects)))
  return callers.some(({ certain }) => certain) ? 'active' : callers.length > 0 ? 'guess' : 'lost'
}

const outcomes = (): { tree: string; edge: Edge; outcome: Outcome }[] =>
  trees.flatMap(({ name, objects, truth }) =>
    truth.edges.map((edge) => ({ tree: name, edge, outcome: outcomeOf(edge, flowsOf(name), objects) })),
  )

/** The callers that `init` proposes and no edge of the truth means. */
const wrong = (certain: boolean): string[] =>
  trees.flatMap(({ name, objects, truth }) =>
    flowsOf(name).flatMap((flow) =>
      flow.callers
        .filter((caller) => caller.certain === certain)
        .filter(
          (caller) =>
            !truth.edges.some((edge) => isDestination(flow, edge, objects) && isCaller(caller, edge, objects)),
        )
        .map(({ caller }) => `${name}: ${JSON.stringify(caller)} > ${flow.key}`),
    ),
  )
const proposed = (certain: boolean): number =>
  names.flatMap((name) => flowsOf(name).flatMap(({ callers }) => callers.filter((one) => one.certain === certain)))
    .length

/**
 * What a person may know and no manifest says: whom a shared ConfigMap is for, what is outside, whom everyone means, where an
 * autoscaler runs, what answers on a node.
 */
const UNCERTAIN = new Set(['outside', 'exposed', 'shared', 'policy', 'several ports', 'scaler', 'node'])

test('every edge that a reader sees is proposed', () => {
  expect(outcomes().filter(({ outcome }) => outcome === 'lost')).toEqual([])
})

test('every edge of which the manifests say caller, destination and port is active', () => {
  expect(outcomes().filter(({ edge, outcome }) => outcome !== 'active' && !UNCERTAIN.has(edge.class))).toEqual([])
})

test('nothing is active that a reader does not see', () => {
  expect(wrong(true)).toEqual([])
})

test('at least four of five guesses are right', () => {
  expect({ guesses: proposed(false), wrong: wrong(false).length * 5 <= proposed(false) ? [] : wrong(false) }).toEqual({
    guesses: proposed(false),
    wrong: [],
  })
})

test('every Service that does not exist is named, and no other', () => {
  const said = (name: string): string[] =>
    (found.get(name)?.notes ?? []).flatMap(
      (note) => /names Service (\S+), which namespace \S+ of this build/.exec(note)?.[1] ?? [],
    )
  expect(names.map((name) => [name, said(name).sort()])).toEqual(
    trees.map(({ name, truth }) => [name, truth.missing.toSorted()]),
  )
})

/** The share of active edges in each class: a drop shows which rule of reading broke. */
test('by class', () => {
  const classes = [...new Set(outcomes().map(({ edge }) => edge.class))].sort()
  const table = classes.map((name) => {
    const edges = outcomes().filter(({ edge }) => edge.class === name)
    const count = (outcome: Outcome): number => edges.filter((one) => one.outcome === outcome).length
    return `${name}: ${count('active')} active, ${count('guess')} guessed, of ${edges.length}`
  })
  expect(table.join('\n')).toMatchInlineSnapshot(`
"argument: 27 active, 0 guessed, of 27
elsewhere: 1 active, 0 guessed, of 1
exposed: 0 active, 4 guessed, of 4
file: 87 active, 0 guessed, of 87
file by label: 1 active, 0 guessed, of 1
host and port: 18 active, 0 guessed, of 18
lookup: 2 active, 0 guessed, of 2
monitor: 2 active, 0 guessed, of 2
node: 0 active, 1 guessed, of 1
operator: 9 active, 0 guessed, of 9
operator pods: 4 active, 0 guessed, of 4
other namespace: 29 active, 0 guessed, of 29
outside: 0 active, 22 guessed, of 22
pair: 11 active, 0 guessed, of 11
policy: 2 active, 7 guessed, of 9
route: 1 active, 0 guessed, of 1
scaler: 0 active, 2 guessed, of 2
script: 3 active, 0 guessed, of 3
several ports: 1 active, 1 guessed, of 2
shared: 0 active, 25 guessed, of 25
srv: 2 active, 0 guessed, of 2
url: 20 active, 0 guessed, of 20
variable: 55 active, 0 guessed, of 55"
`)
})
