import type { KubernetesObject, TypeMeta } from '../kubernetes/objects.ts'
import type { Finding } from './finding.ts'
import type { Schema } from './schema.ts'
import type { Shared } from './shared.ts'

/** One function of the catalogue: what Kustomize, kpt and the SDK need to know of it. */
export interface KrmFunction<Spec extends { mode: Mode } = { mode: Mode }> {
  /** Folder, README title and name in results: the kind in kebab case. */
  readonly name: string
  /** `kind` of its functionConfig. */
  readonly kind: string
  /** Its section of a Hardening's spec. */
  readonly section: string
  /** One sentence for the catalogue and the published definition. */
  readonly description: string
  /** `spec` of its functionConfig: schema, type, defaults and documentation in one. */
  readonly schema: Schema<Spec>
  /** Does it read HelmReleases as they are written? All others see what their charts install in their place. */
  readonly seesReleases?: true
  /** Which items it needs to see. All others are passed on as the bytes they were. */
  reads(spec: Spec, item: TypeMeta & { text: string }): boolean
  /**
   * Edits `objects`, which is the caller's private copy: changes them in place, pushes what it generates, takes out
   * what it generated before and no longer wants. `name` is the function's own, for what it writes on objects. Depends
   * on nothing else: `shared` saves the functions of one run from computing the same twice, and says which objects a
   * HelmRelease with a lock takes its chart from, because the release itself is not shown. Throws only for objects that
   * cannot be read.
   */
  transform(objects: KubernetesObject[], spec: Spec, name: string, shared: Shared): Finding[] | Promise<Finding[]>
}

export type Mode = 'mutate' | 'validate'

/** A function with the configuration it runs with. */
export interface Step {
  readonly function: KrmFunction
  readonly spec: { mode: Mode }
}

type ItemText = TypeMeta & { text: string }

/**
 * Says whether some function of the run reads an item: a function is shown what it reads and no more. What a function decides
 * by the type of an item alone, without a look at its text, is decided once for all items of the type.
 */
export function readerOf(steps: readonly Step[]): (item: ItemText) => boolean {
  const readsAll = new Set<string>()
  const undecided = new Map<string, readonly Step[]>()
  const decide = (type: string, { apiVersion, kind, text }: ItemText): readonly Step[] => {
    let hasLooked = false
    const item = {
      apiVersion,
      kind,
      get text() {
        hasLooked = true
        return text
      },
    }
    const byText = steps.filter((step) => {
      hasLooked = false
      if (step.function.reads(step.spec, item) && !hasLooked) readsAll.add(type)
      return hasLooked
    })
    undecided.set(type, byText)
    return byText
  }
  return (item) => {
    const type = `${item.apiVersion} ${item.kind}`
    const byText = undecided.get(type) ?? decide(type, item)
    return readsAll.has(type) || byText.some((step) => step.function.reads(step.spec, item))
  }
}

/** Keeps the relation of schema and transform while functions of different specs stand in one list. */
export const defineFunction = <Spec extends { mode: Mode }>(definition: KrmFunction<Spec>): KrmFunction =>
  definition as unknown as KrmFunction
