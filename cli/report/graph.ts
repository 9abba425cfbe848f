import type { Edge, GraphNode } from '../graph/edges.ts'
import type { Coverage, UncalledPort } from '../reachability/coverage.ts'

const NOBODY: GraphNode = { namespace: undefined, name: 'nobody' }

/**
 * A Mermaid flowchart: a box for each namespace, dotted arrows for what bypasses the mesh, crossed ones for what nobody may
 * call, dashed borders for what calls nothing. Source: https://mermaid.js.org/syntax/flowchart.html
 */
export function graphAsMermaid(edges: readonly Edge[], { uncalled, callNothing }: Coverage): string {
  const crossed = uncalled.flatMap(uncalledEdges)
  const silent = callNothing.map(({ namespace, name }): GraphNode => ({ namespace, name }))
  const drawn = [...[...edges, ...crossed].flatMap(({ from, to }) => [from, to]), ...silent]
  const ends = new Map(drawn.map((end) => [keyOf(end), end]))
  const ids = new Map([...ends.keys()].sort().map((key, index) => [key, `n${index}`]))
  const id = (end: GraphNode): string => ids.get(keyOf(end)) ?? ''
  const node = (end: GraphNode): string => `${id(end)}[${quoted(end.name)}]`
  const namespaces = [...new Set([...ends.values()].flatMap(({ namespace }) => namespace ?? []))].sort()
  const inOrder = [...ids.keys()].flatMap((key) => ends.get(key) ?? [])
  const boxes = namespaces.flatMap((namespace, index) => [
    `  subgraph ns${index}[${quoted(namespace)}]`,
    ...inOrder.filter((end) => end.namespace === namespace).map((end) => `    ${node(end)}`),
    '  end',
  ])
  const outside = inOrder.filter(({ namespace }) => namespace === undefined).map((end) => `  ${node(end)}`)
  const arrows = (some: readonly Edge[], headOf: (plain: boolean) => string): string[] =>
    merged(some).map(
      ({ from, to, ports, plain }) => `  ${id(from)} ${headOf(plain)}|${quoted(ports.join(', '))}| ${id(to)}`,
    )
  const dashed = [...new Set(silent.map(id))].map((node) => `  style ${node} stroke-dasharray: 5`)
  return `${[
    'flowchart LR',
    ...boxes,
    ...outside,
    ...arrows(edges, (plain) => (plain ? '-.->' : '-->')),
    ...arrows(crossed, () => '--x'),
    ...dashed,
  ].join('\n')}\n`
}

const uncalledEdges = ({ port, workloads }: UncalledPort): Edge[] =>
  workloads.map(({ namespace, name }) => ({
    from: NOBODY,
    to: { namespace, name },
    port: String(port.name ?? port.port),
    plain: false,
  }))

/** One arrow for all ports by which one calls another. */
function merged(edges: readonly Edge[]): { from: GraphNode; to: GraphNode; ports: string[]; plain: boolean }[] {
  const arrows = new Map<string, { from: GraphNode; to: GraphNode; ports: string[]; plain: boolean }>()
  for (const { from, to, port, plain } of edges) {
    const key = [keyOf(from), keyOf(to), plain].join()
    const arrow = arrows.get(key)
    if (!arrow) arrows.set(key, { from, to, ports: [port], plain })
    else if (!arrow.ports.includes(port)) arrow.ports.push(port)
  }
  return [...arrows.values()]
}

const keyOf = ({ namespace, name }: GraphNode): string => JSON.stringify([namespace ?? '', name])

/** Mermaid has no escape for a quote but its entity. */
const quoted = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`
