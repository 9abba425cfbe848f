import { setTimeout } from 'node:timers/promises'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { Failure } from '../exit-code.ts'
import type { Cluster } from './cluster.ts'
import { list, type Part, pathOf, put, selectorOf, uidOf } from './read.ts'

/** What is heard while parts are followed. */
export interface Listener {
  onChange(): void
  /** With what went wrong, or undefined once the server answers again. */
  onConnection(lost: string | undefined): void
}

/** A server ends a watch after this time, and it is taken up where it ended, in seconds. */
const WATCH = 300
/** How long to wait before asking again, in milliseconds: twice as long each time. */
const [SHORTEST, LONGEST] = [250, 8000]
const FORBIDDEN = 403

/**
 * Keeps a part as the cluster has it, for ever: through lost connections, and through refusals, because a server that has just
 * started knows no roles yet.
 */
export async function follow(cluster: Cluster, part: Part, listener: Listener): Promise<never> {
  for (let wait = SHORTEST; ; wait = Math.min(wait * 2, LONGEST)) {
    try {
      if (part.version === undefined) {
        await list(cluster, part)
        listener.onConnection(undefined)
        listener.onChange()
      }
      if (part.version !== undefined && (await heard(cluster, part, listener))) wait = SHORTEST
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause
      listener.onConnection(cause.message)
    }
    await setTimeout(wait)
  }
}

/** Follows one watch to its end. Was anything heard on it? */
function heard(cluster: Cluster, part: Part, listener: Listener): Promise<boolean> {
  let hasHeard = false
  const query = {
    ...selectorOf(part),
    resourceVersion: part.version ?? '',
    allowWatchBookmarks: true,
    timeoutSeconds: WATCH,
  }
  return new Promise((resolve, reject) => {
    const onEvent = (type: string, object: unknown): void => {
      hasHeard = true
      delete part.unwatched
      if (apply(part, type, object as KubernetesObject)) listener.onChange()
    }
    const onEnd = (error?: Error & { statusCode?: number }): void => {
      if (error?.statusCode === FORBIDDEN) {
        part.unwatched = 'this account may list it, but not watch it'
        listener.onChange()
      }
      if (error) part.version = undefined
      resolve(hasHeard)
    }
    cluster.watch(pathOf(part), query, { onEvent, onEnd }).catch(reject)
  })
}

/** Puts a change into a part. Did it change what is known? */
function apply(part: Part, type: string, object: KubernetesObject): boolean {
  if (type === 'ERROR') {
    // Most often the version is too old.
    part.version = undefined
    return false
  }
  if (part.version !== undefined) part.version = versionOf(object)
  if (type === 'BOOKMARK') return false
  if (type === 'DELETED') part.objects.delete(uidOf(object))
  else put(part, part.objects, object)
  return true
}

const versionOf = ({ metadata }: KubernetesObject): string | undefined =>
  (metadata as { resourceVersion?: string }).resourceVersion
