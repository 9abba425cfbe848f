import { formatReference, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import {
  ensureList,
  type Fields,
  groupOf,
  isFields,
  type KubernetesObject,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import type { FieldPath } from './field-pattern.ts'
import type { ImageAt } from './image-at.ts'

/** The container that a component runs in, and the repository that the operator takes where `baseImage` names none. */
interface Component {
  container: string
  repository: string
}

const COMPONENTS: Readonly<Record<string, Readonly<Record<string, Component>>>> = {
  TidbCluster: {
    pd: { container: 'pd', repository: 'pingcap/pd' },
    tikv: { container: 'tikv', repository: 'pingcap/tikv' },
    tidb: { container: 'tidb', repository: 'pingcap/tidb' },
    tiflash: { container: 'tiflash', repository: 'pingcap/tiflash' },
    ticdc: { container: 'ticdc', repository: 'pingcap/ticdc' },
    tiproxy: { container: 'tiproxy', repository: 'pingcap/tiproxy' },
    pump: { container: 'pump', repository: 'pingcap/tidb-binlog' },
  },
  DMCluster: {
    master: { container: 'dm-master', repository: 'pingcap/dm' },
    worker: { container: 'dm-worker', repository: 'pingcap/dm' },
  },
}

export const TIDB_GROUP = 'pingcap.com'

/**
 * The components of a TidbCluster or DMCluster, whose image TiDB Operator joins from `baseImage`, a colon and the
 * component's or the cluster's `version`. It also reads the version back from what follows the last colon of that, to
 * choose configuration and the tool that backs up, so a digest there would pass for a version. The digest
 * goes where the operator (from v1.4) merges it into the pod alone: the container of that name in `additionalContainers`.
 * Source: https://github.com/pingcap/tidb-operator/blob/v1.6.3/pkg/apis/pingcap/v1alpha1/tidbcluster.go
 */
export function imagesOfTidb(object: KubernetesObject): ImageAt[] {
  const components = groupOf(object.apiVersion) === TIDB_GROUP ? COMPONENTS[object.kind] : undefined
  return Object.entries(components ?? {}).flatMap(([name, known]) => {
    const component = valueAt(object, ['spec', name])
    return isFields(component) ? imageOfComponent(object, ['spec', name], component, known) : []
  })
}

function imageOfComponent(
  object: KubernetesObject,
  path: FieldPath,
  component: Fields,
  { container, repository }: Component,
): ImageAt[] {
  const version = component.version ?? valueAt(object, ['spec', 'version'])
  const base = component.baseImage || (version ? repository : undefined)
  if (typeof base !== 'string') return []
  return [
    {
      object,
      path: [...path, 'baseImage'],
      text: version ? `${base}:${typeof version === 'string' ? version : JSON.stringify(version)}` : base,
      write: (image) => writeComponent(component, container, image),
    },
  ]
}

function writeComponent(component: Fields, name: string, image: ImageReference): undefined {
  component.baseImage = image.name
  if (image.digest === undefined) return
  const containers = ensureList<Fields>(component, 'additionalContainers')
  const existing = containers.find((container) => isFields(container) && container.name === name)
  if (!existing) containers.push({ name, image: formatReference(image) })
  else existing.image ??= formatReference(image)
}

/**
 * TidbMonitor names the directory of its alerting rules after the initializer's version, unless told another: once
 * that version carries a digest, it has to be told.
 */
export function keepRulesVersion(object: KubernetesObject): void {
  if (groupOf(object.apiVersion) !== TIDB_GROUP || object.kind !== 'TidbMonitor' || !isFields(object.spec)) return
  const version = valueAt(object.spec, ['initializer', 'version'])
  if (typeof version === 'string' && version.includes('@'))
    object.spec.alertManagerRulesVersion ??= version.split('@')[0]
}
