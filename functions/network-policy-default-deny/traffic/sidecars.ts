import { groupBy } from '../../lib/framework/group-by.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'

// Rule: a Sidecar with a selector precedes one without. Source: https://istio.io/latest/docs/reference/config/networking/sidecar/

interface Selecting {
  object: KubernetesObject
  labels: Labels
  /** Its place among the Sidecars of the namespace: of several that select a pod, the first counts. */
  rank: number
}

/** The Sidecars of each namespace. A namespace may have thousands, so those with a selector are found by their rarest label. */
export const sidecarsOf = (objects: readonly KubernetesObject[]): Map<string, Sidecars> => {
  const sidecars = objects.filter((object) => isKind(object, 'networking.istio.io', 'Sidecar'))
  const byNamespace = groupBy(sidecars, ({ metadata }) => metadata.namespace ?? '')
  return new Map([...byNamespace].map(([namespace, own]) => [namespace, new Sidecars(own)]))
}

export class Sidecars {
  readonly #byLabel: ReadonlyMap<string, readonly Selecting[]>
  readonly #ofNamespace: KubernetesObject | undefined

  constructor(sidecars: readonly KubernetesObject[]) {
    const selecting = sidecars.flatMap((object, rank): Selecting[] => {
      const selector = selectorOf(object)
      return isFields(selector) ? [{ object, rank, labels: (selector.labels ?? {}) as Labels }] : []
    })
    const uses = new Map<string, number>()
    for (const label of selecting.flatMap(({ labels }) => entriesOf(labels)))
      uses.set(label, (uses.get(label) ?? 0) + 1)
    const rarest = ({ labels }: Selecting): string =>
      entriesOf(labels).toSorted((a, b) => (uses.get(a) ?? 0) - (uses.get(b) ?? 0))[0] ?? ANY
    this.#byLabel = groupBy(selecting, rarest)
    this.#ofNamespace = sidecars.find((object) => !isFields(selectorOf(object)))
  }

  /** The one that the pods with these labels get. */
  for(labels: Labels): KubernetesObject | undefined {
    const [own] = [ANY, ...entriesOf(labels)]
      .flatMap((label) => this.#byLabel.get(label) ?? [])
      .filter((candidate) => selects(candidate.labels, labels))
      .toSorted((a, b) => a.rank - b.rank)
    return own?.object ?? this.#ofNamespace
  }
}

const selectorOf = (sidecar: KubernetesObject): unknown => valueAt(sidecar, ['spec', 'workloadSelector'])

/** The key of those that select every pod. */
const ANY = ''
const entriesOf = (labels: Labels): string[] => Object.entries(labels).map((entry) => entry.join('='))
