import type { Finding } from '../lib/framework/finding.ts'
import { type Named, unknownKeys, workloadNames } from '../lib/framework/unknown-keys.ts'
import { isKind, type KubernetesObject } from '../lib/kubernetes/objects.ts'
import { serviceAccountOf } from '../lib/kubernetes/pod-traits.ts'
import { workloadsOf } from '../lib/kubernetes/workload.ts'
import type { SecurityContextEnforcerSpec } from './config.ts'
import { containerKeys } from './enforce/settings.ts'
import { findings } from './findings/index.ts'
import type { PodView } from './pod/view.ts'

/** The keys by which the policy may name what the build contains. */
export class NamesInUse {
  readonly #workloads: { kind: string; name: string }[] = []
  readonly #containers = new Set<string>()

  add({ kind, metadata: { name } }: KubernetesObject, pods: readonly PodView[]): void {
    const workload = { kind, name }
    this.#workloads.push(workload)
    for (const pod of pods)
      for (const container of pod.containers)
        for (const key of containerKeys(workload, container.name)) this.#containers.add(key)
  }

  /** Entries of the policy that name nothing in the build: a typing error, or a leftover. */
  unknown(spec: SecurityContextEnforcerSpec, objects: readonly KubernetesObject[]): Finding[] {
    const check = (
      section: 'exceptions' | 'workloads' | 'boundServiceAccounts' | 'containers' | 'namespaces',
      named: Named,
    ): Finding[] => unknownKeys(findings['unknown-key'], section, spec[section], named)
    return [
      ...check('exceptions', { what: 'workload', names: workloadNames(this.#workloads) }),
      ...check('workloads', { what: 'workload', names: workloadNames(this.#workloads) }),
      ...check('boundServiceAccounts', { what: 'ServiceAccount of a pod', names: accountsOf(objects) }),
      ...check('containers', { what: 'container', names: this.#containers }),
      ...check('namespaces', { what: 'namespace', names: namespacesOf(objects) }),
    ]
  }
}

const accountsOf = (objects: readonly KubernetesObject[]): string[] =>
  workloadsOf(objects).flatMap((workload) => {
    const account = serviceAccountOf(workload)
    return account === undefined ? [] : [account, `${workload.namespace}/${account}`]
  })

const namespacesOf = (objects: readonly KubernetesObject[]): Set<string> =>
  new Set(
    objects.map((object) =>
      isKind(object, '', 'Namespace') ? object.metadata.name : object.metadata.namespace || 'default',
    ),
  )
