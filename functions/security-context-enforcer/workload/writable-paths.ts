import type { Finding } from '../../lib/framework/finding.ts'
import { ensureList, type Fields, formatPath } from '../../lib/kubernetes/objects.ts'
import { type ContainerAt, containersOf, type PodTemplate } from '../../lib/kubernetes/pod-template.ts'
import type { Outcome } from '../enforce/enforce.ts'
import type { WorkloadSettings } from '../enforce/settings.ts'
import { findings } from '../findings/index.ts'
import type { PodView } from '../pod/view.ts'
import { type Mount, mountsOf, unwritable } from '../pod/volumes.ts'

type Writable = { disk?: boolean; sizeLimit?: string | number }
type Settings = Pick<WorkloadSettings, 'override'>

const MAX_NAME = 63

/** The paths that the policy wants writable in a container, sorted if it names them in a map. */
function writableOf(settings: Settings, container: { name: string }): [path: string, volume: Writable][] {
  const writable = settings.override(container)?.writable ?? []
  return Array.isArray(writable)
    ? writable.map((path) => [path, {}])
    : Object.entries(writable).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Refuses paths at or below a mount that can never be written: nothing can be created there, not even a mount point. */
export function judgeWritable(pod: PodView, settings: Settings): Outcome {
  const conflicts = pod.isWindows
    ? []
    : pod.containers.flatMap((container) => {
        const mounts = mountsOf(container, pod)
        return writableOf(settings, container).flatMap(([path]): Finding[] => {
          const mount = nearestMount(mounts, path)
          const reason = mount && unwritable(mount)
          const details = { object: pod.owner, field: { path: formatPath([...container.fieldsPath, 'volumeMounts']) } }
          return reason ? [findings['unwritable-mount'](details, path, reason, mount.mountPath)] : []
        })
      })
  return { findings: conflicts, reasons: [], failed: new Set(), level: 'restricted' }
}

/** The mount that holds the path: the one at the path, or else the deepest above it. */
function nearestMount(mounts: readonly Mount[], path: string): Mount | undefined {
  const holds = ({ mountPath }: Mount): boolean =>
    mountPath !== '' && `${trimmed(path)}/`.startsWith(mountPath === '/' ? '/' : `${trimmed(mountPath)}/`)
  return mounts.filter(holds).sort((a, b) => trimmed(b.mountPath).length - trimmed(a.mountPath).length)[0]
}

/** Mounts an emptyDir at every path that a container writes to and that has no mount yet. */
export function mountWritable(template: PodTemplate, settings: Settings): void {
  for (const { container } of containersOf(template))
    for (const [path, volume] of writableOf(settings, container)) mount(template, container, path, volume)
}

function mount(
  template: PodTemplate,
  container: ContainerAt['container'],
  path: string,
  { disk = false, sizeLimit }: Writable,
): void {
  const mounts = ensureList<{ name: string; mountPath?: string | null }>(container, 'volumeMounts')
  if (mounts.some(({ mountPath }) => trimmed(mountPath ?? '') === trimmed(path))) return
  const volumes = ensureList<Fields>(template.spec, 'volumes')
  const name = freeName(`${container.name}${path}`, namesInUse(template, volumes))
  const emptyDir = { ...(!disk && { medium: 'Memory' }), ...(sizeLimit !== undefined && { sizeLimit }) }
  volumes.push({ name, emptyDir })
  mounts.push({ name, mountPath: path })
}

/** Volumes of the pod, and those that its mounts name: the claims of a StatefulSet are outside of the template. */
const namesInUse = (template: PodTemplate, volumes: readonly Fields[]): ReadonlySet<unknown> =>
  new Set([
    ...volumes.map(({ name }) => name),
    ...containersOf(template).flatMap(({ container }) => (container.volumeMounts ?? []).map(({ name }) => name)),
  ])

const trimmed = (path: string): string => (path === '/' ? path : path.replace(/\/+$/, ''))

/** A volume name is a DNS label; if two paths shorten to one label, the later gets a number. */
function freeName(wanted: string, taken: ReadonlySet<unknown>): string {
  const label = wanted
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`
    const name = label.slice(0, MAX_NAME - suffix.length).replace(/-$/, '') + suffix
    if (!taken.has(name)) return name
  }
}
