import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { clean } from './clean.ts'

/** Which object. */
export interface Ref {
  kind: string
  namespace?: string
  name: string
}

/** `missing`: others name it, and it is not there. `stalled`: its controller has given up until it changes. */
export type State = 'missing' | 'suspended' | 'stalled' | 'failed' | 'not ready'

/** What the cluster says about an object: a word, a sentence, and from when on. */
export interface Said {
  reason?: string
  message?: string
  /** In RFC 3339. */
  lastTransitionTime?: string
}

export interface EventLine {
  reason: string
  message: string
  count: number
  last?: string
}

/** An object that is not healthy, or several pods of one workload that are not for the same reason. */
export interface Problem extends Said {
  /** `Kind namespace/name`. */
  id: string
  ref: Ref
  state: State
  /** Further pods of the same workload in the same state. */
  more?: Ref[]
  restarts?: number
  events?: EventLine[]
  /** Who names an object that is missing. */
  neededBy?: Ref[]
  /** What it waits for that the account may not read. */
  unseen?: Ref[]
  /** What decides whether it is ready and is not judged here: expressions in CEL, and objects of kinds that are not read. */
  notJudged?: string[]
  /** The release or Kustomization that made it. */
  manager?: Ref
  /** Ids of what it waits for, the likeliest cause first. */
  causes: string[]
}

export const refTo = (kind: string, namespace: string | undefined, name: string): Ref => ({
  kind: clean(kind),
  ...(namespace && { namespace: clean(namespace) }),
  name: clean(name),
})

export const refOf = ({ kind, metadata }: KubernetesObject): Ref => refTo(kind, metadata.namespace, metadata.name)

/** `Kustomization flux-system/apps`, which is also the id of the object here: no two kinds that are read have one name. */
export const idOf = ({ kind, namespace, name }: Ref): string => `${kind} ${namespace ? `${namespace}/` : ''}${name}`

/** A condition of an object's status, or what else says why. */
export const said = (reason: unknown, message: unknown, lastTransitionTime?: unknown): Said => ({
  ...(typeof reason === 'string' && reason !== '' && { reason: clean(reason) }),
  ...(typeof message === 'string' && message !== '' && { message: clean(message) }),
  ...(typeof lastTransitionTime === 'string' && { lastTransitionTime }),
})
