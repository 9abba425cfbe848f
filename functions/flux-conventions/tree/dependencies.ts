import { listAt } from '../../lib/kubernetes/fields.ts'
import { type Entry, FLUX, type Tree } from './tree.ts'

/** One entry of `dependsOn`. */
export interface Dependency {
  path: string
  name: string
  namespace: string | undefined
  /** What it names; undefined if the tree has no such object. */
  target: Entry | undefined
}

/** The kinds that depend on others of their kind. */
const KINDS = ['Kustomization', 'HelmRelease'] as const
type Dependent = (typeof KINDS)[number]

/** What a Kustomization or HelmRelease waits for. A name without a namespace means its own namespace. */
export function dependenciesOf(tree: Tree, entry: Entry): Dependency[] {
  const kind = entry.object.kind as Dependent
  return listAt(entry.object, 'spec', 'dependsOn').flatMap(({ name, namespace }, index) => {
    if (typeof name !== 'string') return []
    const where = typeof namespace === 'string' ? namespace : entry.namespace
    const target = tree.find([FLUX[kind], kind], name, where)
    return [{ path: `spec.dependsOn[${index}]`, name, namespace: where, target }]
  })
}

export const dependents = (tree: Tree): Entry[] => [...tree.kustomizations, ...tree.releases]

/** The entries that others in the tree wait for. */
export const dependedOn = (tree: Tree): Set<Entry> =>
  new Set(dependents(tree).flatMap((entry) => dependenciesOf(tree, entry).flatMap(({ target }) => target ?? [])))
