import { INJECT, REVISION } from '../../functions/lib/kubernetes/istio-labels.ts'
import { describe, groupOf, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import { isActive } from './flows.ts'
import type { Found } from './propose.ts'

/** What a person has to decide, each with the file in which. */
export function reviewOf(objects: readonly KubernetesObject[], sections: readonly string[], found: Found): string[] {
  const guesses = found.flows.filter((flow) => !isActive(flow)).length
  return [
    `flows.yaml: active: ${found.flows.length - guesses}; guesses, in comments: ${guesses}`,
    ...(sections.includes('images') ? imagesToPin(found.images) : []),
    ...(sections.includes('securityContext') ? usersAndRoots(objects) : []),
    ...(sections.includes('istio') ? ofTheMesh(objects) : []),
    ...(sections.includes('networkPolicy') ? namespacesToDeny(found.namespaces) : []),
    ...found.notes,
  ]
}

const imagesToPin = (images: readonly string[]): string[] =>
  images.length === 0
    ? []
    : [`images.yaml: images that run by their tag until krm-hardening lock writes their digests: ${images.length}`]

/** What a program needs of its user and its files no manifest says: it shows when it runs. */
function usersAndRoots(objects: readonly KubernetesObject[]): string[] {
  const containers = workloadsOf(objects).flatMap(({ name, template }) =>
    containersOf(template).map(({ container }) => ({
      name: `${name}/${container.name}`,
      user: container.securityContext?.runAsUser ?? template.spec.securityContext?.runAsUser,
      isReadOnly: container.securityContext?.readOnlyRootFilesystem,
    })),
  )
  const withoutUser = containers.filter(({ user }) => user === undefined).map(({ name }) => name)
  const withoutRoot = containers.filter(({ isReadOnly }) => isReadOnly === undefined).map(({ name }) => name)
  const where = 'under securityContext.containers'
  return [
    ...(withoutUser.length > 0
      ? [
          `policy.yaml: ${some(withoutUser)}: run as the policy's user; give the runAsUser that their image needs ${where}`,
        ]
      : []),
    ...(withoutRoot.length > 0
      ? [
          `policy.yaml: ${some(withoutRoot)}: get a read-only root; give the paths that they write to, writable, ${where}`,
        ]
      : []),
  ]
}

const SHOWN = 6
const some = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`

const namespacesToDeny = (namespaces: readonly string[]): string[] =>
  namespaces.map(
    (namespace) =>
      `policy.yaml: namespace ${namespace} has no Namespace object in this build; name it under networkPolicy.namespaces to deny it by default, if nothing else runs in it`,
  )

function ofTheMesh(objects: readonly KubernetesObject[]): string[] {
  const ingresses = objects.filter((object) => isKind(object, 'networking.k8s.io', 'Ingress')).map(describe)
  return [
    ...(objects.some(isOfIstio)
      ? []
      : [
          'policy.yaml: nothing in this build is of Istio; take the section istio out, or run init --without istio, where the cluster does not run it',
        ]),
    ...(ingresses.length > 0
      ? [
          `policy.yaml: ${ingresses.join(', ')}: mutual TLS is strict, so a controller outside the mesh is refused; name the port of its backends under istio.permissivePorts, with the reason`,
        ]
      : []),
  ]
}

function isOfIstio(object: KubernetesObject): boolean {
  const labels = { ...object.metadata.labels, ...podTemplateOf(object)?.metadata?.labels }
  return (
    groupOf(object.apiVersion).endsWith('.istio.io') || [INJECT, REVISION, 'istio-injection'].some((l) => l in labels)
  )
}
