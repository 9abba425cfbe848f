import { posix } from 'node:path'
import type { IVolume } from 'kubernetes-models/v1/Volume'
import { isFields, isKind, type KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import type { Container } from '../../../../functions/lib/kubernetes/pod-template.ts'
import { type Workload, workloadsOf } from '../../../../functions/lib/kubernetes/workload.ts'

/** The only workload of this name. Throws where there is none. */
export function workload(objects: readonly KubernetesObject[], name: string): Workload {
  const [found] = workloadsOf(objects).filter((candidate) => candidate.name === name)
  if (!found) throw new Error(`no workload ${name} was rendered`)
  return found
}

/** The container that the workload is named for: the first. */
export function mainContainer({ name, template }: Workload): Container {
  const [container] = template.spec.containers
  if (!container) throw new Error(`${name} has no container`)
  return container
}

/** Text files that a container finds mounted from ConfigMaps, by absolute path. */
export type Files = ReadonlyMap<string, string>

export function mountedFiles(objects: readonly KubernetesObject[], owner: Workload): Files {
  const files = new Map<string, string>()
  for (const mount of mainContainer(owner).volumeMounts ?? []) {
    const volume = owner.template.spec.volumes?.find(({ name }) => name === mount.name)
    for (const [name, text] of volume ? volumeFiles(objects, volume) : [])
      if (mount.subPath === undefined) files.set(posix.join(mount.mountPath, name), text)
      else if (mount.subPath === name) files.set(mount.mountPath, text)
  }
  return files
}

/** The file at a path. Throws with what is there. */
export function fileAt(files: Files, path: string): string {
  const text = files.get(path)
  if (text === undefined) throw new Error(`no ${path} is mounted; found ${[...files.keys()].join(', ') || 'no file'}`)
  return text
}

function volumeFiles(objects: readonly KubernetesObject[], volume: IVolume): [string, string][] {
  const sources = [volume, ...(volume.projected?.sources ?? [])].flatMap(({ configMap }) => configMap ?? [])
  return sources.flatMap((source) => {
    if ('items' in source) throw new Error(`volume ${volume.name} picks items of a ConfigMap, which is not read here`)
    return Object.entries(configMapData(objects, source.name))
  })
}

function configMapData(objects: readonly KubernetesObject[], name: string | undefined): Record<string, string> {
  const map = objects.find((object) => isKind(object, '', 'ConfigMap') && object.metadata.name === name)
  if (!map || !isFields(map.data)) throw new Error(`a volume names ConfigMap ${name}, which was not rendered`)
  return map.data as Record<string, string>
}

/** `$(NAME)` in an argument as the kubelet expands it, for variables that have a literal value or name the pod. */
export function expandedArgs(container: Container, pod: { name: string; namespace: string }): string[] {
  const values = new Map<string, string>()
  for (const { name, value, valueFrom } of container.env ?? []) {
    const field = valueFrom?.fieldRef?.fieldPath
    if (value !== undefined) values.set(name, value)
    else if (field === 'metadata.name') values.set(name, pod.name)
    else if (field === 'metadata.namespace') values.set(name, pod.namespace)
  }
  return (container.args ?? []).map((arg) => arg.replaceAll(/\$\(([^)]+)\)/g, (text, name) => values.get(name) ?? text))
}
