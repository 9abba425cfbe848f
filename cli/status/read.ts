import pLimit from 'p-limit'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { Failure } from '../exit-code.ts'
import { clean } from './clean.ts'
import type { Answer, Cluster } from './cluster.ts'
import { keep, nameOfResource, RESOURCES, type Resource } from './resources.ts'
import type { Snapshot } from './world.ts'

/** A kind, in the version that the cluster prefers. */
type Served = Pick<Part, 'resource' | 'apiVersion'>

/** The objects of one kind, in one namespace or in all, as they were last heard of. */
export interface Part {
  resource: Resource
  apiVersion: string
  namespace?: string
  /** By uid. */
  objects: Map<string, KubernetesObject>
  /** From where a watch goes on; undefined if they are to be listed first. */
  version: string | undefined
  /** Why it may not be read. */
  refused?: string
  /** Why it may not be watched, so that what is known of it grows old. */
  unwatched?: string
}

const AT_ONCE = 6
const PAGE = 500
/** Only warnings: what went well explains nothing. */
const SELECTORS: Readonly<Record<string, string>> = { Event: 'type=Warning' }

/** The kinds that this cluster has, in the version that it prefers. Throws Failure (2) if it cannot be asked, or has no Flux. */
async function servedBy(cluster: Cluster): Promise<Served[]> {
  const { body } = expectAnswer(await ask(cluster, '/apis'), 'which kinds there are')
  const versions = new Map([
    ['', 'v1'],
    ...listAt(body, 'groups').map((group) => [group.name, textAt(group, 'preferredVersion', 'groupVersion')] as const),
  ])
  const served = RESOURCES.flatMap((resource) => {
    const apiVersion = versions.get(resource.group)
    return apiVersion === undefined ? [] : [{ resource, apiVersion }]
  })
  if (!served.some(({ resource }) => /^(?:kustomize|helm)\.toolkit\.fluxcd\.io$/.test(resource.group)))
    throw new Failure(
      `Flux is not installed in ${cluster.name}: it has neither kustomize.toolkit.fluxcd.io nor helm.toolkit.fluxcd.io`,
    )
  return served
}

/**
 * Lists everything: each kind in all namespaces, or in those that are named. Where all is refused, one namespace after the
 * other, if the account may list them. Throws Failure (2) if the server cannot be asked.
 */
export async function readAll(cluster: Cluster, namespaces: readonly string[] | undefined): Promise<Part[]> {
  const limit = pLimit(AT_ONCE)
  const listed = async (parts: Part[]): Promise<Part[]> => {
    await Promise.all(parts.map((part) => limit(() => list(cluster, part))))
    return parts
  }
  const served = await servedBy(cluster)
  const parts = await listed(
    served.flatMap((one) =>
      one.resource.clusterScoped || !namespaces
        ? [partOf(one)]
        : [...new Set(namespaces)].map((name) => partOf(one, name)),
    ),
  )
  const refused = parts.filter((part) => part.refused && !part.namespace && !part.resource.clusterScoped)
  const names = refused.length > 0 ? await namespacesOf(cluster) : []
  const single = await listed(refused.flatMap((part) => names.map((name) => partOf(part, name))))
  const readable = new Set(single.flatMap((part) => (part.refused === undefined ? [part.resource] : [])))
  return [
    ...parts.filter((part) => !refused.includes(part) || !readable.has(part.resource)),
    ...single.filter((part) => readable.has(part.resource)),
  ]
}

/** A part that is still to be listed. */
const partOf = ({ resource, apiVersion }: Served, namespace?: string): Part => ({
  resource,
  apiVersion,
  ...(namespace !== undefined && { namespace }),
  objects: new Map(),
  version: undefined,
})

async function namespacesOf(cluster: Cluster): Promise<string[]> {
  const { status, body } = await ask(cluster, '/api/v1/namespaces')
  return status === 200 ? listAt(body, 'items').flatMap((item) => textAt(item, 'metadata', 'name') ?? []) : []
}

/** The path of the objects of a part. */
export function pathOf({ resource, apiVersion, namespace }: Part): string {
  const api = resource.group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
  return `${api}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource.plural}`
}

/** What limits a list or a watch of a part. */
export const selectorOf = ({ resource }: Part): { fieldSelector?: string } => {
  const fieldSelector = SELECTORS[resource.kind]
  return fieldSelector === undefined ? {} : { fieldSelector }
}

/** Fills a part with what the cluster has now. Throws Failure (2) if the server cannot be asked. */
export async function list(cluster: Cluster, part: Part): Promise<void> {
  const objects = new Map<string, KubernetesObject>()
  let version: string | undefined
  let next: string | undefined
  for (let more = true; more; more = next !== undefined) {
    const query: URLSearchParams = new URLSearchParams({
      limit: String(PAGE),
      ...selectorOf(part),
      ...(next && { continue: next }),
    })
    const answer = await ask(cluster, `${pathOf(part)}?${query}`)
    // The rest of a list that was begun too long ago: from the start again.
    if (answer.status === 410 && next !== undefined) return list(cluster, part)
    if (answer.status === 404) break
    if (answer.status === 403) {
      Object.assign(part, { objects: new Map(), version: undefined, refused: 'this account may not list it' })
      return
    }
    const { body } = expectAnswer(answer, nameOfResource(part.resource))
    for (const item of listAt(body, 'items')) put(part, objects, item as unknown as KubernetesObject)
    version = textAt(body, 'metadata', 'resourceVersion')
    next = textAt(body, 'metadata', 'continue')
  }
  delete part.refused
  Object.assign(part, { objects, version })
}

/** Remembers an object under its uid. */
export function put({ resource, apiVersion }: Part, objects: Part['objects'], object: KubernetesObject): void {
  objects.set(uidOf(object), keep(resource, apiVersion, object))
}

export const uidOf = (object: KubernetesObject): string => String(valueAt(object, ['metadata', 'uid']))

async function ask(cluster: Cluster, path: string): Promise<Answer> {
  try {
    return await cluster.get(path)
  } catch (cause) {
    throw new Failure(clean((cause as Error).message), undefined, { cause })
  }
}

function expectAnswer(answer: Answer, what: string): Answer {
  if (answer.status === 200) return answer
  const message = textAt(answer.body, 'message') ?? 'no reason given'
  throw new Failure(`the API server does not say ${what}: ${answer.status}, ${clean(message)}`)
}

/** What all parts hold together. */
export function snapshotOf(parts: readonly Part[], namespaces: readonly string[] | undefined): Snapshot {
  return {
    objects: parts.flatMap(({ objects }) => [...objects.values()]),
    unread: parts.flatMap(({ resource, namespace, unwatched, refused = unwatched }) =>
      refused === undefined
        ? []
        : [
            {
              kind: resource.kind,
              resource: nameOfResource(resource),
              ...(namespace !== undefined && { namespace }),
              why: refused,
            },
          ],
    ),
    ...(namespaces && { namespaces }),
  }
}
