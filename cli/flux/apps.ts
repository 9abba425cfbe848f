import { relative } from 'node:path'
import { NAME as FLUX_CONVENTIONS } from '../../functions/flux-conventions/name.ts'
import type { Entry } from '../../functions/flux-conventions/tree/tree.ts'
import { toResult } from '../../functions/lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import { Failure } from '../exit-code.ts'
import type { Builder } from '../kustomize/build.ts'
import { isFolder } from '../tree/kustomization.ts'
import type { App, AppFinding } from './app.ts'
import { additionsOf, buildAs, componentsAdded, type Item } from './build.ts'
import type { Cache, Kept } from './cache.ts'
import { type Sources, sourcesOf, WithoutRemotes } from './sources.ts'

/** An app, and its objects as they are before substitution. */
export interface Raw {
  app: App
  items: readonly Item[]
}

/** Builds the apps of a repository, each only if something that it reads has changed. */
export class Apps {
  readonly #top: string
  readonly #builder: Builder
  readonly #cache: Cache

  constructor(top: string, builder: Builder, cache: Cache) {
    this.#top = top
    this.#builder = builder
    this.#cache = cache
  }

  /** Builds the folder of a Kustomization. */
  async build(entry: Entry, folder: string): Promise<Raw> {
    const app: App = { entry, state: 'built', objects: [], texts: [], remotes: [] }
    if (!isFolder(folder)) return { app: { ...app, state: 'missing' }, items: [] }
    try {
      return await this.#buildFolder(app, folder)
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause
      return { app: { ...app, state: 'unbuilt', reason: cause.message }, items: [] }
    }
  }

  async #buildFolder(app: App, folder: string): Promise<Raw> {
    const additions = additionsOf(app.entry.object)
    const sources = [folder, ...componentsAdded(additions, folder)].map(sourcesOf)
    app.remotes = sources
      .flatMap(({ remotes }) => remotes)
      .map(({ file, url }) => ({ file: relative(this.#top, file), url }))
    const files = sources.flatMap((one) => [...one.files])
    const key = this.#cache.keyOf(files, relative(this.#top, folder), additions)
    const kept = this.#cache.get(key) ?? (await this.#buildAgain(app, additions, folder, sources))
    if (!kept) return { app, items: [] }
    this.#cache.set(key, kept)
    if (kept.verified) app.verified = kept.verified as AppFinding[]
    return { app, items: kept.items }
  }

  async #buildAgain(
    app: App,
    additions: Fields,
    folder: string,
    sources: readonly Sources[],
  ): Promise<Kept | undefined> {
    const kustomizations = sources.flatMap((one) => one.kustomizations)
    const copy = app.remotes.length > 0 ? new WithoutRemotes(this.#top, kustomizations) : undefined
    const isHardened = kustomizations.some(({ fields }) => fields.transformers !== undefined)
    const top = copy?.at(this.#top) ?? this.#top
    const place = { top, folder: copy?.at(folder) ?? folder, additions, isHardened }
    const built = await buildAs(place, this.#builder)
    if ('reason' in built) {
      app.state = copy ? 'partial' : 'unbuilt'
      app.reason = built.reason
      return undefined
    }
    const items = built.items.map(({ text, file }) => ({
      text,
      file: file && relative(this.#top, copy?.original(file) ?? file),
    }))
    return isHardened ? { items, ...(await this.#verify(items, folder)) } : { items }
  }

  /** Runs the policies of a folder in validate mode over what it built. */
  async #verify(items: readonly Item[], folder: string): Promise<Pick<Kept, 'verified'>> {
    const { hardenedStacks } = await import('../policy/policies.ts')
    const stacks = await hardenedStacks(folder, this.#builder)
    if (stacks.length === 0) return {}
    const { chartLocksOf } = await import('../policy/chart-locks.ts')
    const { validate } = await import('../policy/validate.ts')
    const objects = items.map(({ text }) => readCanonicalYaml(text) as KubernetesObject)
    const policies = stacks.flatMap((stack) => stack.policies)
    const reported = await validate([...objects, ...chartLocksOf(folder)], policies)
    return { verified: reported.filter(({ source }) => source !== FLUX_CONVENTIONS).map(withoutContent) }
  }
}

/** Only what a message says of the object and the field is kept. */
function withoutContent({ source, finding }: AppFinding): AppFinding {
  const { object, field, ...rest } = finding
  const result = toResult(finding, source)
  return {
    source,
    finding: {
      ...rest,
      ...(object && {
        object: {
          apiVersion: object.apiVersion,
          kind: object.kind,
          metadata: {
            name: object.metadata.name,
            ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
          },
        },
      }),
      ...(field && result.field && { field: result.field }),
    },
  }
}
