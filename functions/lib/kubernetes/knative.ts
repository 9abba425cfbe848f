import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from './objects.ts'

const DEFAULT_NAMES = { containers: 'user-container', initContainers: 'init-container' } as const

/**
 * Names the containers of a Knative Service as Knative's webhook does. Most have no name. The defaults are Knative's own,
 * which `config-defaults` may change.
 * Source: https://github.com/knative/serving/blob/main/pkg/apis/serving/v1/revision_defaults.go
 */
export function nameContainers(object: KubernetesObject): void {
  if (!isKind(object, 'serving.knative.dev', 'Service')) return
  const containers = containersIn(object, 'containers')
  const initContainers = containersIn(object, 'initContainers')
  const taken = new Set([...containers, ...initContainers].map(({ name }) => name))
  nameEach(containers, taken, DEFAULT_NAMES.containers)
  nameEach(initContainers, taken, DEFAULT_NAMES.initContainers)
}

function containersIn(object: KubernetesObject, list: keyof typeof DEFAULT_NAMES): Fields[] {
  const value = valueAt(object, ['spec', 'template', 'spec', list])
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** With a number where there are several, one that no other container has. */
function nameEach(containers: readonly Fields[], taken: ReadonlySet<unknown>, base: string): void {
  let next = 0
  for (const container of containers) {
    if (container.name !== undefined && container.name !== null && container.name !== '') continue
    let name = containers.length > 1 ? `${base}-${next++}` : base
    while (taken.has(name)) name = `${base}-${next++}`
    container.name = name
  }
}
