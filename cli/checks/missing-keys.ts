import { didYouMean } from '../../functions/lib/framework/did-you-mean.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import { hasPlaceholder } from '../../functions/lib/kubernetes/image-reference.ts'
import {
  describe,
  type Fields,
  formatPath,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../functions/lib/kubernetes/objects.ts'
import { containersOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { type Workload, workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import { sourceTree } from '../findings.ts'
import type { Check } from './source-tree.ts'

type Kind = 'ConfigMap' | 'Secret'

/** A key that pods cannot do without. */
interface KeyReference {
  kind: Kind
  name: string
  key: string
  path: readonly (string | number)[]
}

/**
 * Keys that pods take from a ConfigMap or Secret of the rendering which does not have them: such a pod does not start. One
 * that has no keys at all is filled by something else.
 */
export const checkMissingKeys: Check = ({ objects }) => {
  const known = knownKeys(objects)
  return workloadsOf(objects).flatMap((workload) =>
    referencesOf(workload).flatMap(({ kind, name, key, path }): Finding[] => {
      const source = known.get(`${kind} ${workload.namespace}/${name}`)
      if (!source || source.keys.includes(key) || hasPlaceholder(key)) return []
      const field = { path: formatPath(path) }
      const found = sourceTree['missing-key']
      return [found({ object: workload.object, field }, key, describe(source.object), didYouMean(key, source.keys))]
    }),
  )
}

interface Source {
  object: KubernetesObject
  keys: readonly string[]
}

function knownKeys(objects: readonly KubernetesObject[]): Map<string, Source> {
  const filled = new Set(objects.filter((object) => object.kind === 'ExternalSecret').map(targetOf))
  return new Map(
    objects.flatMap((object) => {
      const kind = kindOf(object)
      const keys = keysOf(object)
      const place = `${object.metadata.namespace ?? ''}/${object.metadata.name}`
      if (!kind || keys.length === 0 || isFilledInCluster(object) || filled.has(place)) return []
      return [[`${kind} ${place}`, { object, keys }] as const]
    }),
  )
}

const kindOf = (object: KubernetesObject): Kind | undefined =>
  isKind(object, '', 'ConfigMap') ? 'ConfigMap' : isKind(object, '', 'Secret') ? 'Secret' : undefined

const keysOf = ({ data, binaryData, stringData }: KubernetesObject): string[] =>
  [data, binaryData, stringData].flatMap((part) => (isFields(part) ? Object.keys(part) : []))

const targetOf = (object: KubernetesObject): string =>
  `${object.metadata.namespace ?? ''}/${textAt(object, 'spec', 'target', 'name') ?? object.metadata.name}`

/** Marks with which controllers add keys to an object: those of tokens, of OpenShift, Sealed Secrets and Reflector. */
const FILLED = /inject|sealedsecrets\.bitnami\.com|reflector\.v1\.k8s\.emberstack\.com\/reflects/

const isFilledInCluster = ({ type, metadata: { labels, annotations } }: KubernetesObject): boolean =>
  type === 'kubernetes.io/service-account-token' ||
  Object.keys({ ...labels, ...annotations }).some((key) => FILLED.test(key))

const referencesOf = (workload: Workload): KeyReference[] => [
  ...ofVariables(workload),
  ...ofVolumes(workload),
  ...ofMounts(workload),
]

const ofVariables = ({ template }: Workload): KeyReference[] =>
  containersOf(template).flatMap(({ container, path }) =>
    listAt(container, 'env').flatMap((variable, index) => {
      const from = [...path, 'env', index, 'valueFrom']
      return [
        ...keyOf('ConfigMap', valueAt(variable, ['valueFrom', 'configMapKeyRef']), [...from, 'configMapKeyRef']),
        ...keyOf('Secret', valueAt(variable, ['valueFrom', 'secretKeyRef']), [...from, 'secretKeyRef']),
      ]
    }),
  )

function keyOf(kind: Kind, reference: unknown, path: readonly (string | number)[]): KeyReference[] {
  const name = textAt(reference, 'name')
  const key = textAt(reference, 'key')
  const isOptional = valueAt(reference, ['optional']) === true
  return name === undefined || key === undefined || isOptional ? [] : [{ kind, name, key, path: [...path, 'key'] }]
}

/** Files of a volume that come from one ConfigMap or Secret. */
interface Files {
  volume: string
  kind: Kind
  name: string
  items: readonly Fields[]
  path: readonly (string | number)[]
}

/** What volumes take from ConfigMaps and Secrets, directly or as parts of a projected volume. */
const filesOf = ({ template }: Workload): Files[] =>
  listAt(template.spec, 'volumes').flatMap((volume, index) => {
    const name = String(volume.name)
    const path = [...template.path, 'spec', 'volumes', index]
    const parts = listAt(volume, 'projected', 'sources').map((source, at) => ({
      source,
      path: [...path, 'projected', 'sources', at],
    }))
    return [{ source: volume, path }, ...parts].flatMap((part) => [
      ...filesFrom('ConfigMap', 'configMap', name, part),
      ...filesFrom('Secret', 'secret', name, part),
    ])
  })

function filesFrom(
  kind: Kind,
  field: 'configMap' | 'secret',
  volume: string,
  { source, path }: { source: Fields; path: (string | number)[] },
): Files[] {
  const files = source[field]
  const name = textAt(files, 'name') ?? textAt(files, 'secretName')
  if (name === undefined || valueAt(files, ['optional']) === true) return []
  return [{ volume, kind, name, items: listAt(files, 'items'), path: [...path, field] }]
}

const ofVolumes = (workload: Workload): KeyReference[] =>
  filesOf(workload).flatMap(({ kind, name, items, path }) =>
    items.flatMap(({ key }, index) =>
      typeof key === 'string' ? [{ kind, name, key, path: [...path, 'items', index, 'key'] }] : [],
    ),
  )

/** A mount of one file of a volume with every key of one object: without the key the kubelet mounts an empty folder. */
function ofMounts(workload: Workload): KeyReference[] {
  const byVolume = groupBy(filesOf(workload), ({ volume }) => volume)
  return containersOf(workload.template).flatMap(({ container, path }) =>
    listAt(container, 'volumeMounts').flatMap(({ name, subPath }, index) => {
      const [files, ...others] = byVolume.get(String(name)) ?? []
      if (!files || others.length > 0 || files.items.length > 0 || typeof subPath !== 'string') return []
      return [{ ...files, key: subPath, path: [...path, 'volumeMounts', index, 'subPath'] }]
    }),
  )
}
