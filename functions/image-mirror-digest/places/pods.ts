import type { Finding } from '../../lib/framework/finding.ts'
import { type FieldPath, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { ContainerAt, PodTemplate } from '../../lib/kubernetes/pod-template.ts'
import { findings } from '../findings.ts'
import { type ImageAt, imageAt, siteOf } from './image-at.ts'

/** The images of the containers of a pod or pod template. */
export function imagesOfContainers(template: PodTemplate, containers: readonly ContainerAt[]): (ImageAt | Finding)[] {
  const site = siteOf(template.owner)
  return containers.flatMap(({ container, path }) =>
    isInjected(template, container)
      ? injected(template.owner, [...path, 'image'])
      : (imageAt(site, [...path, 'image'], undefined) ?? []),
  )
}

/** The images of its volumes. Source: https://kubernetes.io/docs/concepts/storage/volumes/#image */
export function imagesOfVolumes({ owner, path, spec }: PodTemplate): ImageAt[] {
  const site = siteOf(owner)
  return (spec.volumes ?? []).flatMap((volume, index) =>
    'image' in volume
      ? (imageAt(site, [...path, 'spec', 'volumes', index, 'image', 'reference'], undefined) ?? [])
      : [],
  )
}

/**
 * `image: auto` is not an image: Istio's webhook puts its proxy there when the pod is created.
 * Source: https://istio.io/latest/docs/setup/additional-setup/gateway/
 */
const isInjected = (template: PodTemplate, container: { name: string; image?: string }): boolean =>
  container.image === 'auto' && container.name === 'istio-proxy' && INJECTION in (template.metadata?.annotations ?? {})
const INJECTION = 'inject.istio.io/templates'

const injected = (object: KubernetesObject, path: FieldPath): Finding =>
  findings['left-to-istio']({ object, field: { path: formatPath(path), currentValue: 'auto' } })
