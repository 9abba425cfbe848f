import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { propose } from '../../cli/init/propose.ts'
import type { CallerSpec } from '../../functions/lib/flows/schema.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

// How programs are told whom they call: for each style the smallest build that shows it, and what a careful reader says of it.
const STYLES = join(__dirname, 'styles')

type Port = number | Record<string, unknown>
type Ports = Port | Port[]
type Data = Record<string, string>
interface Style {
  style: string
  /** Deployments with a Service of their name, and its ports: a number, `{name: number}`, or as in a Service. */
  peers?: Record<string, Ports>
  /** StatefulSets with a headless Service of their name. */
  members?: Record<string, Ports>
  /** The Deployment `app`: its variables, what else its container has, and the files of a ConfigMap or a Secret. */
  env?: Data
  container?: Record<string, unknown>
  files?: Data
  secretFiles?: Data
  objects?: KubernetesObject[]
  /** `key < caller`, with `?` before a guess; a caller of another namespace as `namespace:label=value`. */
  flows: string[]
  /** What is said of what no flow can say. */
  notes?: string[]
}

const portOf = (port: Port): Record<string, unknown> => {
  if (typeof port === 'number') return { port }
  const [[name, number] = []] = Object.entries(port)
  return 'port' in port ? port : { name, port: number }
}

function peer(kind: string, name: string, ports: Ports): unknown[] {
  const labels = { app: name }
  const spec = { containers: [{ name: 'main', image: `example/${name}:1.0` }] }
  const isHeadless = kind === 'StatefulSet'
  return [
    workload(kind, name, labels, spec),
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' } },
      spec: { ...(isHeadless && { clusterIP: 'None' }), selector: labels, ports: [ports].flat().map(portOf) },
    },
  ]
}

const workload = (kind: string, name: string, labels: Data, spec: unknown): unknown => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'shop' } },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
})

function app({ env = {}, container = {}, files, secretFiles }: Style): unknown[] {
  const metadata = { name: 'app-files', namespace: 'shop' }
  const volumes = [
    ...(files ? [{ name: 'files', configMap: { name: metadata.name } }] : []),
    ...(secretFiles ? [{ name: 'files', secret: { secretName: metadata.name } }] : []),
  ]
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }))
  const main = { name: 'main', image: 'example/app:1.0', ...(variables.length > 0 && { env: variables }), ...container }
  return [
    workload('Deployment', 'app', { app: 'app' }, { containers: [main], volumes }),
    ...(files ? [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: files }] : []),
    ...(secretFiles ? [{ apiVersion: 'v1', kind: 'Secret', metadata, stringData: secretFiles }] : []),
  ]
}

const buildOf = (style: Style): KubernetesObject[] => {
  const { peers = {}, members = {}, objects = [] } = style
  const isOwn = objects.some(({ metadata }) => metadata.name === 'app')
  return [
    ...Object.entries(peers).flatMap(([name, ports]) => peer('Deployment', name, ports)),
    ...Object.entries(members).flatMap(([name, ports]) => peer('StatefulSet', name, ports)),
    ...(isOwn ? [] : app(style)),
    ...objects,
  ] as KubernetesObject[]
}

const written = (caller: CallerSpec): string =>
  typeof caller === 'string'
    ? caller
    : `${caller.namespace}:${Object.entries(caller.labels)
        .map((pair) => pair.join('='))
        .join(',')}`

const OF_ANOTHER_BUILD = /another build has the Service, and policies count/

const names = readdirSync(STYLES)
if (names.length === 0) throw new Error('no styles found: the search is wrong')

describe.each(names)('%s', (file) => {
  const styles = parse(readFileSync(join(STYLES, file), 'utf8')) as Style[]
  test.each(styles.map((style): [string, Style] => [style.style, style]))('%s', async (_, style) => {
    const { flows, notes } = await propose(buildOf(style))
    const proposed = flows.flatMap(({ key, callers }) =>
      callers.map(({ caller, certain }) => `${certain ? '' : '? '}${key} < ${written(caller)}`),
    )
    const said = notes.filter((note) => !OF_ANOTHER_BUILD.test(note))
    expect({ flows: proposed.sort(), notes: said }).toEqual({
      flows: style.flows.toSorted(),
      notes: (style.notes ?? []).map((text) => expect.stringContaining(text)),
    })
  })
})
