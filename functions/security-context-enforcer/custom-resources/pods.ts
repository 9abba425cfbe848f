import { type FieldPath, type Fields, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { CheckName } from '../checks/index.ts'
import type { CustomResourceSpec } from '../config-custom-resource.ts'
import { type ContainerView, containerView, draft, type PodView, volumeViews } from '../pod/view.ts'

/** The pods that an operator creates for a custom resource, as far as the resource describes them. */
export function operatedPods(owner: KubernetesObject, resource: CustomResourceSpec, minor: number): PodView[] {
  const volumes = (resource.volumes ?? []).flatMap((path) => volumeViews(valueAt(owner, keys(path)), keys(path)))
  return Object.entries(resource.podSecurityContexts ?? {})
    .filter(([, { of }]) => isFields(valueAt(owner, keys(of))))
    .map(([path, { containers = [], containerLists = [] }], index) => ({
      ...draft(valueAt(owner, keys(path)), keys(path)),
      owner,
      containers: [
        ...containers.map((container) => containerAt(owner, keys(container))),
        ...containerLists.flatMap((list) => containersAt(owner, keys(list))),
      ],
      spec: {},
      specPath: ['spec'],
      volumes: index === 0 ? volumes : [],
      claims: index === 0 ? claimsOf(owner, resource) : [],
      annotations: {},
      annotationsPath: [],
      removedAnnotations: [],
      minor,
      isWindows: false,
      hasOwnUserNamespace: false,
      isKnative: false,
      isOperated: true,
    }))
}

/** A component with a pod-level securityContext of its own does not take that of the others. */
const claimsOf = (owner: KubernetesObject, { claims = [], podSecurityContexts = {} }: CustomResourceSpec): string[] =>
  claims
    .filter((claim) => isFields(valueAt(owner, keys(claim))))
    .filter(
      (claim) =>
        !Object.keys(podSecurityContexts).some(
          (path) => path.startsWith(`${claim}.`) && isFields(valueAt(owner, keys(path))),
        ),
    )

/** A container of which the resource shows the securityContext only. Its name is that of the map around it. */
function containerAt(owner: KubernetesObject, path: FieldPath): ContainerView {
  const fieldsPath = path.slice(0, -1)
  return { ...draft(valueAt(owner, path), path), name: String(fieldsPath.at(-1)), fields: {}, fieldsPath }
}

function containersAt(owner: KubernetesObject, path: FieldPath): ContainerView[] {
  const list = valueAt(owner, path)
  return Array.isArray(list) ? list.map((fields: Fields, index) => containerView(fields, [...path, index])) : []
}

/** Booleans of the resource that make its pods fail a baseline check. */
export const raisedFlags = (
  owner: KubernetesObject,
  resource: CustomResourceSpec,
): { path: FieldPath; check: CheckName }[] =>
  Object.entries(resource.flags ?? {})
    .filter(([path]) => valueAt(owner, keys(path)) === true)
    .map(([path, check]) => ({ path: keys(path), check }))

/** The keys of a path such as `spec.pod.securityContext`. */
export const keys = (path: string): string[] => path.split('.')
