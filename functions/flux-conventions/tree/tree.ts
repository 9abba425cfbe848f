import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Schemas } from '../schemas/schemas.ts'
import { mayMake } from './resource-sets.ts'

/** An object that Flux applies. */
export interface Entry {
  object: KubernetesObject
  /** Its namespace in the cluster; undefined if the build does not say, or if the kind has none. */
  namespace: string | undefined
  /** Path of its file, if it is known. */
  file?: string | undefined
  /** The Kustomization that applies it; undefined if that is not known, and for what Flux starts from. */
  appliedBy?: Entry | undefined
}

/** What only the files of a repository show. The function by itself has none of it. */
export interface Repository {
  /** The Kustomizations that Flux starts from. */
  roots: ReadonlySet<Entry>
  /** Kustomizations whose path is no folder. */
  missing: readonly Entry[]
  /** Kustomizations whose folder does not build, and what Kustomize said. */
  unbuilt: readonly { entry: Entry; reason: string }[]
  /** URLs in the `resources` of the folder of a Kustomization. */
  remotes: readonly { entry: Entry; file: string; url: string }[]
  /** `Kind/name` of the objects in folders that do not build, so that nothing is reported as missing them. */
  unbuiltObjects: ReadonlySet<string>
  /** Names of the variables that some Kustomization of the repository substitutes. */
  variables: ReadonlySet<string>
}

export const FLUX = {
  Kustomization: 'kustomize.toolkit.fluxcd.io',
  HelmRelease: 'helm.toolkit.fluxcd.io',
} as const

const SOURCES = 'source.toolkit.fluxcd.io'

/** A kind of object by its group and name. */
type Type = readonly [group: string, kind: string]

/** The objects of one build, or of everything that Flux applies, indexed by what rules look for. */
export class Tree {
  readonly entries: readonly Entry[]
  /** Are these all objects that Flux applies? Only then can something be missing. */
  readonly isComplete: boolean
  readonly schemas: Schemas
  readonly repository: Repository | undefined
  readonly #byName = new Map<string, Entry[]>()
  readonly #resourceSets: readonly Entry[]

  constructor(entries: readonly Entry[], options: { isComplete: boolean; schemas: Schemas; repository?: Repository }) {
    this.entries = entries
    this.isComplete = options.isComplete
    this.schemas = options.schemas
    this.repository = options.repository
    this.#resourceSets = entries.filter(({ object }) => object.kind === 'ResourceSet')
    for (const entry of entries) {
      const key = keyOf(entry.object.kind, entry.object.metadata.name)
      const same = this.#byName.get(key)
      if (same) same.push(entry)
      else this.#byName.set(key, [entry])
    }
  }

  get kustomizations(): Entry[] {
    return this.of([FLUX.Kustomization, 'Kustomization'])
  }

  get releases(): Entry[] {
    return this.of([FLUX.HelmRelease, 'HelmRelease'])
  }

  get sources(): Entry[] {
    return this.entries.filter(
      ({ object }) => object.apiVersion.startsWith(`${SOURCES}/`) && object.kind !== 'HelmChart',
    )
  }

  of([group, kind]: Type): Entry[] {
    return this.entries.filter(({ object }) => isKind(object, group, kind))
  }

  /** The objects of a type and name, in whatever namespace. */
  named([group, kind]: Type, name: string): Entry[] {
    return (this.#byName.get(keyOf(kind, name)) ?? []).filter(({ object }) => isKind(object, group, kind))
  }

  /** The object of that name. An unknown namespace matches any. */
  find(type: Type, name: string, namespace: string | undefined): Entry | undefined {
    return this.named(type, name).find(
      (entry) => entry.namespace === undefined || namespace === undefined || entry.namespace === namespace,
    )
  }

  findSource(kind: string, name: string, namespace: string | undefined): Entry | undefined {
    return this.find([SOURCES, kind], name, namespace)
  }

  /** Is there such an object in a folder that does not build, or may a ResourceSet make it? */
  mayHave(kind: string, name: string): boolean {
    if (this.repository?.unbuiltObjects.has(keyOf(kind, name))) return true
    return this.#resourceSets.some(({ object }) => mayMake(object, kind, name))
  }

  isRoot(entry: Entry): boolean {
    return this.repository?.roots.has(entry) ?? false
  }
}

const keyOf = (kind: string, name: string): string => `${kind}/${name}`
