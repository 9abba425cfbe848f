import type { KubernetesObject } from '../kubernetes/objects.ts'
import { podTemplateOf } from '../kubernetes/pod-template.ts'

/** The init containers of an object that run as root, or may change the owners of files. */
export function rootInitContainers(object: KubernetesObject): string[] {
  const spec = podTemplateOf(object)?.spec
  return (spec?.initContainers ?? [])
    .filter(({ securityContext: own }) => {
      const user = own?.runAsUser ?? spec?.securityContext?.runAsUser
      return user === 0 || (own?.capabilities?.add ?? []).includes('CHOWN')
    })
    .map(({ name }) => String(name))
}
