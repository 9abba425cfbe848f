import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { type Fields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { idOf, type Ref, refOf, refTo } from './problem.ts'
import { RESOURCES } from './resources.ts'

/** A kind that the account may not read, in one namespace or at all. */
export interface Unread {
  kind: string
  /** As kubectl calls it: `helmreleases.helm.toolkit.fluxcd.io`. */
  resource: string
  namespace?: string
  why: string
}

/** What was read of a cluster at one moment. */
export interface Snapshot {
  objects: readonly KubernetesObject[]
  unread: readonly Unread[]
  /** The namespaces that were asked for; undefined for all. */
  namespaces?: readonly string[]
}

/** What applies objects, by the group of the labels that it gives them. */
const MANAGERS = [
  ['helm.toolkit.fluxcd.io', 'HelmRelease'],
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
  ['resourceset.fluxcd.controlplane.io', 'ResourceSet'],
  ['fluxcd.controlplane.io', 'FluxInstance'],
] as const

/** As many as Kubernetes has, a pod, its ReplicaSet and its Deployment, and some more. People can write circles of owners. */
const MAX_OWNERS = 5

/** A snapshot, by what is looked for in it. */
export class World {
  /** Milliseconds of the epoch. */
  readonly now: number
  readonly #snapshot: Snapshot
  readonly #byId: Map<string, KubernetesObject>
  readonly #byKind: Map<string, KubernetesObject[]>

  constructor(snapshot: Snapshot, now: number) {
    this.now = now
    this.#snapshot = snapshot
    this.#byId = new Map(snapshot.objects.map((object) => [idOf(refOf(object)), object]))
    this.#byKind = groupBy(snapshot.objects, ({ kind }) => kind)
  }

  of(kind: string): readonly KubernetesObject[] {
    return this.#byKind.get(kind) ?? []
  }

  find(ref: Ref): KubernetesObject | undefined {
    return this.#byId.get(idOf(ref))
  }

  /** Would the object be in the snapshot if the cluster had it? */
  sees({ kind, namespace }: Ref): boolean {
    if (!RESOURCES.some((one) => one.kind === kind)) return false
    const { namespaces, unread } = this.#snapshot
    if (namespace !== undefined && namespaces && !namespaces.includes(namespace)) return false
    return !unread.some((one) => one.kind === kind && (one.namespace === undefined || one.namespace === namespace))
  }

  /** The topmost object that controls this one; itself if none does. */
  topOf(object: KubernetesObject): KubernetesObject {
    let top = object
    for (let left = MAX_OWNERS; left > 0; left--) {
      const owner = controllerOf(top)
      const above = owner && this.find(refTo(owner.kind, top.metadata.namespace, owner.name))
      if (!above) break
      top = above
    }
    return top
  }

  /** What applied the object, or what controls it. Flux and its operator set these labels on all that they apply. */
  managerOf(object: KubernetesObject): Ref | undefined {
    const { labels = {} } = this.topOf(object).metadata
    for (const [group, kind] of MANAGERS) {
      const name = labels[`${group}/name`]
      if (name) return refTo(kind, labels[`${group}/namespace`], name)
    }
    return undefined
  }
}

export function controllerOf({ metadata }: KubernetesObject): { kind: string; name: string } | undefined {
  const owners = (metadata as unknown as Fields).ownerReferences
  if (!Array.isArray(owners)) return undefined
  return owners.find((owner) => valueAt(owner, ['controller']) === true)
}
