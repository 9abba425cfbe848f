import { containersOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { type WellKnownImage, wellKnownImage } from './well-known-images.ts'

/** A container whose user or files its manifest does not show. */
export interface UnknownContainer {
  /** `workload/container`, as the policy names it. */
  name: string
  /** What is known of its image. */
  image: WellKnownImage | undefined
}

/** The containers that would run as the policy's user, or get a read-only root. Only running it shows what it needs. */
export const unknownContainers = (workloads: readonly Workload[]): UnknownContainer[] =>
  workloads.flatMap(({ name, template }) =>
    containersOf(template).flatMap(({ container }) => {
      const user = container.securityContext?.runAsUser ?? template.spec.securityContext?.runAsUser
      if (user !== undefined && container.securityContext?.readOnlyRootFilesystem !== undefined) return []
      const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath)
      const image = wellKnownImage(container.image ?? '')
      const writable = [
        ...(image?.writable.filter((path) => !mounts.some((mount) => isWithin(mount, path))) ?? []),
        ...(image?.data?.filter((path) => !mounts.some((one) => isWithin(one, path) || isWithin(path, one))) ?? []),
      ]
      return [{ name: `${name}/${container.name}`, image: image && { ...image, writable } }]
    }),
  )

/** An emptyDir below a mount would hide its files. */
const isWithin = (mount: string, path: string): boolean => `${path}/`.startsWith(`${mount.replace(/\/+$/, '')}/`)
