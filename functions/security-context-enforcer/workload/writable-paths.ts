import { ensureList, type Fields } from '../../lib/kubernetes/objects.ts'
import { type ContainerAt, containersOf, type PodTemplate } from '../../lib/kubernetes/pod-template.ts'
import type { WorkloadSettings } from '../enforce/settings.ts'

const MAX_NAME = 63

/** Mounts an emptyDir at every path that a container writes to and that has no mount yet. */
export function mountWritable(template: PodTemplate, settings: Pick<WorkloadSettings, 'override'>): void {
  for (const { container } of containersOf(template)) {
    const writable = settings.override(container)?.writable ?? []
    const paths: [path: string, options: { disk?: boolean }][] = Array.isArray(writable)
      ? writable.map((path) => [path, {}])
      : Object.entries(writable).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [path, { disk = false }] of paths) mount(template, container, path, disk)
  }
}

function mount(template: PodTemplate, container: ContainerAt['container'], path: string, disk: boolean): void {
  const mounts = ensureList<{ name: string; mountPath?: string | null }>(container, 'volumeMounts')
  if (mounts.some(({ mountPath }) => trimmed(mountPath ?? '') === trimmed(path))) return
  const volumes = ensureList<Fields>(template.spec, 'volumes')
  const name = freeName(`${container.name}${path}`, namesInUse(template, volumes))
  volumes.push({ name, emptyDir: disk ? {} : { medium: 'Memory' } })
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
