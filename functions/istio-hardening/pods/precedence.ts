import { setMeta } from '../../lib/kubernetes/objects.ts'
import type { PodTemplate } from '../../lib/kubernetes/pod-template.ts'

/** What policy says of a label or annotation: for this workload by name, or for all. */
export interface Setting {
  named?: string | undefined
  fallback: string | undefined
}

/** Policy that names the workload beats the manifest, and the manifest beats the default. */
export function settle(
  template: PodTemplate,
  map: 'labels' | 'annotations',
  key: string,
  { named, fallback }: Setting,
): void {
  const value = named ?? template.metadata?.[map]?.[key] ?? fallback
  if (value !== undefined) setMeta(template, map, key, value)
}
