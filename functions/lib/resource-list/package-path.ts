import { FILE } from '../framework/finding.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { packagePath } from './item-text.ts'
import type { ResourceList } from './resource-list.ts'

/**
 * kpt writes each object to the file that its path annotation names. A generated object gets one of its own,
 * `<kind>-<name>.yaml`, next to the first item of the package.
 */
export function placeInPackage(added: readonly KubernetesObject[], list: ResourceList): KubernetesObject[] {
  if (list.caller !== 'kpt') return [...added]
  const paths = list.items.flatMap(({ text }) => packagePath(text) ?? [])
  const taken = new Set(paths)
  const folder = /^(.*\/)?/.exec(paths[0] ?? '')?.[0] ?? ''
  return added.map((object) => {
    const stem = `${folder}${fileName(object)}`
    let path = `${stem}.yaml`
    for (let number = 2; taken.has(path); number++) path = `${stem}-${number}.yaml`
    taken.add(path)
    const annotations = { ...object.metadata.annotations, [FILE]: path, 'config.kubernetes.io/path': path }
    return { ...object, metadata: { ...object.metadata, annotations } }
  })
}

/** A name is what somebody wrote, and must lead to no other folder. */
const fileName = ({ kind, metadata }: KubernetesObject): string =>
  `${kind.toLowerCase()}-${metadata.name}`.replace(/[^\w.-]/g, '-')
