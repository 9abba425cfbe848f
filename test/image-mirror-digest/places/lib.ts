import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import { formatPath, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'

export const places = new Places({})
export const IMAGE = 'quay.io/a/b:1'

export async function found(object: KubernetesObject, by = places): Promise<string[]> {
  const items = await by.imagesOf(object)
  return items.map((item) => ('text' in item ? `${formatPath(item.path)} ${item.text}` : item.message))
}

export const object = (apiVersion: string, kind: string, body: Record<string, unknown>): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...body,
})
export const podSpec = (extra: Record<string, unknown> = {}) => ({
  containers: [{ name: 'c', image: IMAGE, ...extra }],
})
