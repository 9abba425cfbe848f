import { type Fields, isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { isSet } from './security-context.ts'
import type { ContainerView, PodView } from './view.ts'

/** A volume as one container mounts it. */
export interface Mount {
  volume: string
  mountPath: string
  /** The type of the volume, as its field in the API: `configMap`. */
  type: string
  source: Readonly<Fields>
  isReadOnly: boolean
}

/** Volumes that no program can write, and what messages call them. */
const NEVER_WRITABLE: Readonly<Record<string, string>> = {
  configMap: 'a ConfigMap',
  secret: 'a Secret',
  downwardAPI: 'a downward API volume',
  projected: 'a projected volume',
  image: 'an image',
}

/** Types that hold no files which persist, or whose files belong to a user of the node. */
const NOT_PERSISTENT = [...Object.keys(NEVER_WRITABLE), 'emptyDir', 'hostPath']

/** The mounts of a container, as far as the manifest shows their volumes. */
export function mountsOf(container: ContainerView, pod: PodView): Mount[] {
  const mounts = container.fields.volumeMounts
  if (!Array.isArray(mounts)) return []
  return mounts.filter(isFields).map((mount) => {
    const volume = String(mount.name)
    const { type, source } = sourceOf(volume, pod)
    return {
      volume,
      mountPath: typeof mount.mountPath === 'string' ? mount.mountPath : '',
      type,
      source,
      isReadOnly: mount.readOnly === true || source.readOnly === true,
    }
  })
}

/** A StatefulSet's claim takes precedence over a volume of the same name. */
function sourceOf(volume: string, pod: PodView): Pick<Mount, 'type' | 'source'> {
  if (claimTemplatesOf(pod).includes(volume)) return { type: 'volumeClaimTemplate', source: {} }
  const fields = pod.volumes.find((candidate) => candidate.fields.name === volume)?.fields ?? {}
  const type = Object.keys(fields).find((key) => key !== 'name' && isSet(fields[key])) ?? 'emptyDir'
  const source = fields[type]
  return { type, source: isFields(source) ? source : {} }
}

function claimTemplatesOf({ owner }: PodView): unknown[] {
  const templates = valueAt(owner, ['spec', 'volumeClaimTemplates'])
  return Array.isArray(templates) ? templates.map((template) => valueAt(template, ['metadata', 'name'])) : []
}

/** What keeps the mount from being written, as messages call it; undefined for a mount that can be written. */
export const unwritable = ({ type, isReadOnly }: Mount): string | undefined =>
  NEVER_WRITABLE[type] ?? (isReadOnly ? 'a read-only volume' : undefined)

/** Does the mount hold persistent files that the container writes, of an owner that the manifest does not show? */
export const isPersistent = ({ type, isReadOnly }: Mount): boolean => !isReadOnly && !NOT_PERSISTENT.includes(type)

const OTHERS_READ = 0o004

/** Does the mode of its files shut out users other than their owner, which is root? */
export function shutsOthersOut({ type, source }: Mount): boolean {
  if (!['configMap', 'secret', 'downwardAPI', 'projected'].includes(type)) return false
  const parts = type === 'projected' ? projectedParts(source) : [source]
  const modes = parts.flatMap((part) => modesOf(part, source.defaultMode))
  return modes.some((mode) => typeof mode === 'number' && (mode & OTHERS_READ) === 0)
}

/** The modes of the files of a Secret or a ConfigMap: those of its items, or the default for all keys. */
function modesOf(files: unknown, defaultMode: unknown): unknown[] {
  const items = valueAt(files, ['items'])
  const listed = Array.isArray(items) ? items.filter(isFields) : []
  return listed.length > 0 ? listed.map(({ mode }) => mode ?? defaultMode) : [defaultMode]
}

/** The kubelet gives the token of a ServiceAccount to the user of the pod, whatever the mode. */
const projectedParts = ({ sources }: Readonly<Fields>): unknown[] =>
  Array.isArray(sources)
    ? sources.filter(isFields).flatMap(({ serviceAccountToken: _, ...parts }) => Object.values(parts).filter(isSet))
    : []
