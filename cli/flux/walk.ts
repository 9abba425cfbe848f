import { relative, resolve } from 'node:path'
import { loadSchemas } from '../../functions/flux-conventions/schemas/schemas.ts'
import { type Entry, FLUX, Tree } from '../../functions/flux-conventions/tree/tree.ts'
import { textAt } from '../../functions/lib/kubernetes/fields.ts'
import { isFields, isKind, type KubernetesObject, setMeta, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import type { Builder } from '../kustomize/build.ts'
import { isFolder } from '../tree/kustomization.ts'
import { type App, identityOf } from './app.ts'
import { Apps, type Raw } from './apps.ts'
import { asOfSource } from './artifacts.ts'
import type { Cache } from './cache.ts'
import { BadSubstitution } from './expand.ts'
import { manifestsIn } from './manifests.ts'
import { folderOf, type Start } from './roots.ts'
import { substituted, type Variables, namesIn as variablesIn, variablesOf } from './substitute.ts'

/** Everything that Flux would apply in one cluster. */
export interface Walk {
  /** Absolute path of the top of the repository. */
  top: string
  /** In the order in which they are applied. */
  apps: App[]
  tree: Tree
}

/**
 * Walks a repository as Flux would: the path of each Kustomization is built, its variables are substituted, and the
 * Kustomizations among the objects are walked in turn. Nothing is fetched. What does not build is reported, and does not
 * end the walk.
 */
export async function walk(start: Start, builder: Builder, cache: Cache): Promise<Walk> {
  const walker = new Walker(start, builder, cache)
  await walker.walk()
  const { entries, apps, roots } = walker
  const byState = (state: App['state']): App[] => apps.filter((app) => app.state === state)
  const tree = new Tree(entries, {
    isComplete: true,
    schemas: await loadSchemas(),
    repository: {
      roots,
      missing: byState('missing').map(({ entry }) => entry),
      unbuilt: byState('unbuilt').map(({ entry, reason = '' }) => ({ entry, reason })),
      remotes: apps.flatMap(({ entry, remotes }) => remotes.map((remote) => ({ entry, ...remote }))),
      unbuiltObjects: namesIn(
        apps
          .filter(({ state }) => state === 'unbuilt' || state === 'partial')
          .map(({ entry }) => folderOf(start.top, entry.object)),
      ),
      variables: walker.variables,
    },
  })
  return { top: start.top, apps, tree }
}

class Walker {
  readonly entries: Entry[] = []
  readonly apps: App[] = []
  readonly roots: Set<Entry>
  readonly variables = new Set<string>()
  readonly #top: string
  readonly #builds: Apps
  readonly #seen: Set<string>
  /** ConfigMaps and Secrets by kind, namespace and name. */
  readonly #sources = new Map<string, KubernetesObject>()

  constructor({ top, roots }: Start, builder: Builder, cache: Cache) {
    this.#top = top
    this.#builds = new Apps(top, builder, cache)
    this.roots = new Set(
      roots.map(({ object, file }) => ({
        object,
        namespace: object.metadata.namespace ?? 'flux-system',
        file: relative(top, file),
      })),
    )
    this.#seen = new Set([...this.roots].map(identityOf))
    this.entries.push(...this.roots)
  }

  async walk(): Promise<void> {
    let waiting: Entry[] = []
    let level = [...this.roots]
    while (level.length > 0) {
      const found = [...waiting, ...level]
      const own = new Set(found.filter((entry) => this.#isOwn(entry)))
      waiting = found.filter((entry) => !own.has(entry))
      level = await this.#apply([...own])
      if (level.length > 0) continue
      // A source that does not exist is a mistake in its name, so the folder is walked all the same.
      const mistaken = waiting.filter((entry) => this.#namesNothing(entry))
      waiting = waiting.filter((entry) => !mistaken.includes(entry))
      level = await this.#apply(mistaken)
    }
    for (const entry of waiting) this.apps.push({ entry, state: 'external', objects: [], texts: [], remotes: [] })
  }

  /** Is it built from the source that Flux started from, or from another of the same URL? */
  #isOwn(entry: Entry): boolean {
    const object = this.#asOfSource(entry)
    const url = this.#urlOf(object)
    return [...this.roots].some(
      (root) => sourceOf(root.object) === sourceOf(object) || (url !== undefined && url === this.#urlOf(root.object)),
    )
  }

  #asOfSource({ object }: Entry): KubernetesObject {
    return asOfSource(object, this.entries)
  }

  #urlOf(object: KubernetesObject): string | undefined {
    const [kind, name] = ['kind', 'name'].map((key) => textAt(object, 'spec', 'sourceRef', key))
    const source = this.entries.find((one) => one.object.kind === kind && one.object.metadata.name === name)
    return textAt(source?.object, 'spec', 'url')
  }

  #namesNothing({ object }: Entry): boolean {
    const { kind, name } = valueAt(object, ['spec', 'sourceRef']) as { kind?: string; name?: string }
    const isThere = this.entries.some((one) => one.object.kind === kind && one.object.metadata.name === name)
    return !isThere && folderOf(this.#top, object) !== this.#top && isFolder(folderOf(this.#top, object))
  }

  /** Builds Kustomizations next to each other. Answers the Kustomizations that they apply. */
  async #apply(level: readonly Entry[]): Promise<Entry[]> {
    const raws = await Promise.all(
      level.map(async (entry) => {
        const folder = folderOf(this.#top, this.#asOfSource(entry))
        return { entry, raw: await this.#builds.build(entry, folder) }
      }),
    )
    for (const { entry, raw } of raws) this.#learn(entry, raw)
    return raws.flatMap(({ entry, raw }) => this.#add(entry, raw))
  }

  /** Remembers what variables may come from, before anything of the level is substituted. */
  #learn({ namespace = '' }: Entry, { app, items }: Raw): void {
    for (const { text } of items) {
      if (!/^kind: (?:ConfigMap|Secret)$/m.test(text)) continue
      const object = parse(text)
      if (object)
        this.#sources.set([object.kind, object.metadata.namespace ?? namespace, object.metadata.name].join('/'), object)
    }
    const { object } = app.entry
    const inline = valueAt(object, ['spec', 'postBuild', 'substitute'])
    for (const name of Object.keys(isFields(inline) ? inline : {})) this.variables.add(name)
  }

  #add(entry: Entry, { app, items }: Raw): Entry[] {
    this.apps.push(app)
    const lookup = (kind: string, name: string, namespace: string): KubernetesObject | undefined => {
      const source = this.#sources.get([kind, namespace, name].join('/'))
      for (const variable of source ? variablesIn(source) : []) this.variables.add(variable)
      return source
    }
    const variables = variablesOf(entry.object, entry.namespace ?? '', lookup)
    for (const { text, file } of items) {
      const made = objectIn(text, variables)
      if (typeof made === 'string') {
        app.state = 'unbuilt'
        app.reason = made
        continue
      }
      const { object } = made
      addCommonMetadata(object, entry.object)
      const found: Entry = { object, namespace: object.metadata.namespace, appliedBy: entry, ...(file && { file }) }
      if (this.#seen.has(identityOf(found)) && isKind(object, FLUX.Kustomization, 'Kustomization')) continue
      app.objects.push(found)
      app.texts.push(made.text)
      this.entries.push(found)
    }
    const children = app.objects.filter(({ object }) => isKind(object, FLUX.Kustomization, 'Kustomization'))
    for (const child of children) this.#seen.add(identityOf(child))
    return children
  }
}

/** `Kind/name` of the objects that files below folders hold. */
const namesIn = (folders: readonly string[]): Set<string> =>
  new Set(folders.flatMap(manifestsIn).map(({ object }) => `${object.kind}/${object.metadata.name}`))

const sourceOf = (object: KubernetesObject): string =>
  ['kind', 'name'].map((key) => valueAt(object, ['spec', 'sourceRef', key])).join('/')

/** An object with its variables substituted, or why Flux would not build it. */
function objectIn(text: string, variables: Variables | undefined): { object: KubernetesObject; text: string } | string {
  try {
    const whole = variables ? substituted(text, variables) : text
    const object = parse(whole)
    return object ? { object, text: whole } : 'an object that is no YAML after its variables are substituted'
  } catch (cause) {
    if (cause instanceof BadSubstitution) return cause.message
    throw cause
  }
}

/** What a Kustomization adds to every object that it applies. */
function addCommonMetadata(object: KubernetesObject, kustomization: KubernetesObject): void {
  for (const map of ['labels', 'annotations'] as const) {
    const pairs = valueAt(kustomization, ['spec', 'commonMetadata', map])
    for (const [key, value] of Object.entries(isFields(pairs) ? pairs : {})) setMeta(object, map, key, String(value))
  }
}

function parse(text: string): KubernetesObject | undefined {
  try {
    const object = readCanonicalYaml(text)
    return isFields(object) && isFields(object.metadata) ? (object as KubernetesObject) : undefined
  } catch {
    // Reported for the app that it belongs to.
    return undefined
  }
}

/** Absolute path of a file of the repository. */
export const pathOf = ({ top }: Walk, file: string): string => resolve(top, file)

/** Absolute path of the file that an object is written in. */
export function fileOf(walk: Walk, object: KubernetesObject | undefined): string | undefined {
  if (!object) return undefined
  const isSame = (entry: Entry): boolean =>
    entry.object === object ||
    (entry.object.kind === object.kind &&
      entry.object.metadata.name === object.metadata.name &&
      entry.object.metadata.namespace === object.metadata.namespace)
  const file = (walk.tree.entries.find((entry) => entry.object === object) ?? walk.tree.entries.find(isSame))?.file
  return file ? pathOf(walk, file) : undefined
}
