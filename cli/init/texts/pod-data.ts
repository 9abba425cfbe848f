import { groupBy } from '../../../functions/lib/framework/group-by.ts'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { containersOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { servicesOf } from '../../../functions/lib/kubernetes/service.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { withoutHash } from '../../render/former-names.ts'

/** A ConfigMap or Secret of the build. */
export interface DataObject {
  object: KubernetesObject
  /** For people, without the hash of a generator. */
  label: string
  isSecret: boolean
  /** Its texts by key. Binary data is left out, because it has no readable host. */
  entries: ReadonlyMap<string, string>
}

/** A key that pods find as a file. */
export interface DataFile {
  object: DataObject
  key: string
  /** Do several workloads find it? */
  isShared: boolean
}

/** The ConfigMaps and Secrets of a build, and who uses them. */
export interface Data {
  object(workload: Workload, kind: 'ConfigMap' | 'Secret', name: string | undefined): DataObject | undefined
  /** How many workloads get all keys of an object as variables. */
  usersOfAllKeys(object: DataObject): number
  filesOf(workload: Workload): readonly DataFile[]
  /** What the kubelet gives pods for each Service of their namespace: `WEB_SERVICE_HOST`, `WEB_SERVICE_PORT` and its named ports. */
  serviceLink(workload: Workload, name: string): string | undefined
  /** Looks up a variable of any container, because configuration is often a template. */
  variablesOf(workload: Workload): (name: string) => string | undefined
}

export function dataOf(workloads: readonly Workload[], objects: readonly KubernetesObject[]): Data {
  const read = new Map(
    objects
      .filter(isData)
      .map((object): [string, DataObject] => [
        keyOf(object.kind, object.metadata.namespace, object.metadata.name),
        dataObject(object),
      ]),
  )
  const find: Data['object'] = (workload, kind, name) =>
    name === undefined ? undefined : read.get(keyOf(kind, workload.namespace, name))
  const users = groupBy(
    workloads.flatMap((workload) => allKeysOf(workload).flatMap(({ kind, name }) => find(workload, kind, name) ?? [])),
    ({ object }) => keyOf(object.kind, object.metadata.namespace, object.metadata.name),
  )
  const links = serviceLinks(objects)
  const files = filesByWorkload(workloads, [...read.values()], find)
  return {
    object: find,
    usersOfAllKeys: ({ object }) =>
      users.get(keyOf(object.kind, object.metadata.namespace, object.metadata.name))?.length ?? 0,
    serviceLink: ({ namespace }, name) => links.get(`${namespace}/${name}`),
    filesOf: (workload) => files.get(workload) ?? [],
    variablesOf: (workload) => {
      const variables = new Map(
        containersOf(workload.template).flatMap(({ container }) =>
          (container.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
        ),
      )
      return (name) => variables.get(name)
    },
  }
}

/** Source: https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables */
const serviceLinks = (objects: readonly KubernetesObject[]): ReadonlyMap<string, string> =>
  new Map(
    servicesOf(objects).flatMap(({ namespace, name, ports }): [string, string][] => {
      const at = `${namespace}/${variableOf(name)}_SERVICE`
      return [
        [`${at}_HOST`, name],
        ...ports.slice(0, 1).map(({ port }): [string, string] => [`${at}_PORT`, String(port)]),
        ...ports.flatMap((port): [string, string][] =>
          port.name === undefined ? [] : [[`${at}_PORT_${variableOf(port.name)}`, String(port.port)]],
        ),
      ]
    }),
  )

const variableOf = (name: string): string => name.toUpperCase().replaceAll('-', '_')

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind} ${namespace ?? ''}/${name}`

const isData = (object: KubernetesObject): boolean => isKind(object, '', 'ConfigMap') || isKind(object, '', 'Secret')

function dataObject(object: KubernetesObject): DataObject {
  const isSecret = isKind(object, '', 'Secret')
  const decode = (text: string): string => (isSecret ? Buffer.from(text, 'base64').toString('utf8') : text)
  const texts = (field: string, decoded: (text: string) => string): [string, string][] => {
    const value = valueAt(object, [field])
    return Object.entries(isFields(value) ? value : {}).flatMap(([key, text]) =>
      typeof text === 'string' ? [[key, decoded(text)]] : [],
    )
  }
  return {
    object,
    label: `${isSecret ? 'Secret' : 'ConfigMap'} ${withoutHash(object.metadata.name)}`,
    isSecret,
    entries: new Map([...texts('data', decode), ...texts('stringData', (text) => text)]),
  }
}

interface Reference {
  kind: 'ConfigMap' | 'Secret'
  name: string
  keys: ReadonlySet<string> | undefined
}

const allKeysOf = (workload: Workload): Reference[] =>
  containersOf(workload.template)
    .flatMap(({ container }) => listAt(container, 'envFrom'))
    .flatMap((source) => [
      ...reference('ConfigMap', valueAt(source, ['configMapRef', 'name'])),
      ...reference('Secret', valueAt(source, ['secretRef', 'name'])),
    ])

const reference = (kind: Reference['kind'], name: unknown, items: readonly unknown[] = []): Reference[] =>
  typeof name === 'string'
    ? [{ kind, name, keys: items.length > 0 ? new Set(items.filter((key) => typeof key === 'string')) : undefined }]
    : []

/** Source: https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps */
function volumesOf(workload: Workload): Reference[] {
  const volumes = listAt(workload.template.spec, 'volumes')
  const projected = volumes.flatMap((volume) => listAt(volume, 'projected', 'sources'))
  const items = (volume: unknown, source: string): unknown[] => listAt(volume, source, 'items').map(({ key }) => key)
  return [...volumes, ...projected].flatMap((volume) => [
    ...reference('ConfigMap', valueAt(volume, ['configMap', 'name']), items(volume, 'configMap')),
    ...reference('Secret', valueAt(volume, ['secret', 'secretName']), items(volume, 'secret')),
    ...reference('Secret', valueAt(volume, ['secret', 'name']), items(volume, 'secret')),
  ])
}

/**
 * ConfigMaps that a container watches by a label: Grafana's sidecar is told the label by LABEL, and what to watch by
 * RESOURCE. Source: https://github.com/kiwigrid/k8s-sidecar
 */
function watchedBy(workload: Workload, objects: readonly DataObject[]): DataObject[] {
  const labels = containersOf(workload.template).flatMap(({ container }) => {
    const variables = new Map((container.env ?? []).map(({ name, value }) => [name, value]))
    const label = variables.get('LABEL')
    return label === undefined ? [] : [{ label, value: variables.get('LABEL_VALUE') }]
  })
  if (labels.length === 0) return []
  return objects.filter(({ object }) =>
    labels.some(({ label, value }) => {
      const found = object.metadata.labels?.[label]
      return found !== undefined && (value === undefined || value === '' || found === value)
    }),
  )
}

/** ConfigMaps that a container is told by name and reads from the API server, as in `--configmap=settings`. */
function toldOf(workload: Workload, find: Data['object']): DataObject[] {
  const told = containersOf(workload.template).flatMap(({ container }) => {
    const words = [...(container.command ?? []), ...(container.args ?? [])].join(' ')
    return [
      ...[...words.matchAll(CONFIG_FLAG)].map(([, name]) => name),
      ...(container.env ?? []).flatMap(({ name, value }) => (CONFIG.test(name) ? [value] : [])),
    ]
  })
  return [...new Set(told)].flatMap((name) => find(workload, 'ConfigMap', name) ?? [])
}

const CONFIG = /config_?map|config_?name/i
const CONFIG_FLAG = /(?:^|\s)--?[\w-]*config[\w-]*[= ]([a-z0-9][\w.-]*)/gi

function filesByWorkload(
  workloads: readonly Workload[],
  objects: readonly DataObject[],
  find: Data['object'],
): Map<Workload, DataFile[]> {
  const found = workloads.flatMap((workload) => {
    const mounted = volumesOf(workload).flatMap(({ kind, name, keys }) => {
      const object = find(workload, kind, name)
      return object
        ? [...object.entries.keys()].filter((key) => keys?.has(key) ?? true).map((key) => ({ workload, object, key }))
        : []
    })
    const watched = [...watchedBy(workload, objects), ...toldOf(workload, find)].flatMap((object) =>
      [...object.entries.keys()].map((key) => ({ workload, object, key })),
    )
    return [...mounted, ...watched]
  })
  const readers = groupBy(
    found,
    ({ object, key }) =>
      `${keyOf(object.object.kind, object.object.metadata.namespace, object.object.metadata.name)} ${key}`,
  )
  const files = new Map<Workload, DataFile[]>()
  for (const group of readers.values()) {
    const isShared = new Set(group.map(({ workload }) => workload)).size > 1
    for (const { workload, object, key } of new Map(group.map((one) => [one.workload, one])).values())
      files.set(workload, [...(files.get(workload) ?? []), { object, key, isShared }])
  }
  return files
}
