import { didYouMean } from '../lib/framework/did-you-mean.ts'
import { type Finding, warning } from '../lib/framework/finding.ts'
import { isKind, type KubernetesObject } from '../lib/kubernetes/objects.ts'
import type { SecurityContextEnforcerSpec } from './config.ts'
import { containerKeys } from './enforce/settings.ts'
import type { PodView } from './pod/view.ts'

/** The names by which the configuration may call what is in the build. Kept only where it calls something. */
export class NamesInUse {
  readonly #spec: SecurityContextEnforcerSpec
  readonly #workloads = new Set<string>()
  readonly #containers = new Set<string>()

  constructor(spec: SecurityContextEnforcerSpec) {
    this.#spec = spec
  }

  add(object: KubernetesObject, pods: readonly PodView[]): void {
    const workload = { kind: object.kind, name: object.metadata.name }
    if (this.#spec.exceptions) this.#workloads.add(workload.name).add(`${workload.kind}/${workload.name}`)
    if (this.#spec.containers)
      for (const { name } of pods.flatMap(({ containers }) => containers))
        for (const key of containerKeys(workload, name)) this.#containers.add(key)
  }

  /** Entries of the configuration that name nothing in the build: a slip of the pen, or left behind. */
  unused(objects: readonly KubernetesObject[]): Finding[] {
    const { exceptions, containers, namespaces } = this.#spec
    return [
      ...unusedEntries('exceptions', exceptions, this.#workloads, 'workload'),
      ...unusedEntries('containers', containers, this.#containers, 'container'),
      ...unusedEntries('namespaces', namespaces, namespaces ? namespacesOf(objects) : new Set(), 'namespace'),
    ]
  }
}

const namespacesOf = (objects: readonly KubernetesObject[]): Set<string> =>
  new Set(
    objects.map((object) =>
      isKind(object, '', 'Namespace') ? object.metadata.name : object.metadata.namespace || 'default',
    ),
  )

const unusedEntries = (
  section: string,
  entries: object | undefined,
  names: ReadonlySet<string>,
  what: string,
): Finding[] =>
  Object.keys(entries ?? {})
    .filter((key) => !names.has(key))
    .map((key) => warning(`${section}.${key}: no ${what} of the build is called so${didYouMean(key, [...names])}`))
