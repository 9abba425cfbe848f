import type { Edge, GraphNode } from '../graph/edges.ts'

/** A Mermaid flowchart: a box for each namespace, dotted arrows for what bypasses the mesh. Source: https://mermaid.js.org/syntax/flowchart.html */
export function graphAsMermaid(edges: readonly Edge[]): string {
  const endpoints = new Map(edges.flatMap(({ from, to }) => [from, to]).map((endpoint) => [keyOf(endpoint), endpoint]))
  const ids = new Map([...endpoints.keys()].sort().map((key, index) => [key, `n${index}`]))
  const id = (endpoint: GraphNode): string => ids.get(keyOf(endpoint)) ?? ''
  const node = (endpoint: GraphNode): string => `${id(endpoint)}[${quoted(endpoint.name)}]`
  const namespaces = [...new Set([...endpoints.values()].flatMap(({ namespace }) => namespace ?? []))].sort()
  const inOrder = [...ids.keys()].flatMap((key) => endpoints.get(key) ?? [])
  const boxes = namespaces.flatMap((namespace, index) => [
    `  subgraph ns${index}[${quoted(namespace)}]`,
    ...inOrder.filter((endpoint) => endpoint.namespace === namespace).map((endpoint) => `    ${node(endpoint)}`),
    '  end',
  ])
  const outside = inOrder.filter(({ namespace }) => namespace === undefined).map((endpoint) => `  ${node(endpoint)}`)
  const arrows = merged(edges).map(
    ({ from, to, ports, plain }) => `  ${id(from)} ${plain ? '-.->' : '-->'}|${quoted(ports.join(', '))}| ${id(to)}`,
  )
  return `${['flowchart LR', ...boxes, ...outside, ...arrows].join('\n')}\n`
}

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
