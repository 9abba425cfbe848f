import {
  type FieldPath,
  type Fields,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { containersOf, type PodTemplate } from '../../lib/kubernetes/pod-template.ts'
import { OS } from '../../lib/kubernetes/pod-traits.ts'
import {
  APPARMOR_OF_CONTAINER,
  isSet,
  SECCOMP_OF_CONTAINER,
  SECCOMP_OF_POD,
  type SecurityContext,
} from './security-context.ts'

/** From the root of an object: map keys and list indices. */

/** A securityContext that is being edited: a copy, which replaces the original only if the whole object passes. */
export interface Draft {
  path: FieldPath
  securityContext: SecurityContext
  changed: Set<keyof SecurityContext>
}

export interface ContainerView extends Draft {
  name: string
  fields: Readonly<Fields>
  fieldsPath: FieldPath
}

/** What the checks see of a pod: the pod level and every container of the three lists. */
export interface PodView extends Draft {
  owner: KubernetesObject
  containers: ContainerView[]
  spec: Readonly<Fields>
  specPath: FieldPath
  volumes: { fields: Readonly<Fields>; path: FieldPath }[]
  /** Names of the volumes that an operator claims for it, in addition to `volumes`. */
  claims: readonly string[]
  annotations: Record<string, string>
  annotationsPath: FieldPath
  removedAnnotations: string[]
  /** Minor version of the policy. */
  minor: number
  /** Declares Windows, where the API refuses every securityContext field but runAsNonRoot. */
  isWindows: boolean
  /** Has a user namespace of its own, in which root is an ordinary user of the node. Counts from 1.35. */
  hasOwnUserNamespace: boolean
  /** Knative refuses `privileged`, a pod-level securityContext and an automounted token unless its flags allow them. */
  isKnative: boolean
  /** An operator creates the pod for a custom resource, which shows some of its containers only. */
  isOperated: boolean
}

export function viewOf(template: PodTemplate, minor: number): PodView {
  const { owner } = template
  const spec = template.spec as unknown as Fields
  const specPath = [...template.path, 'spec']
  return {
    ...draft(spec.securityContext, [...specPath, 'securityContext']),
    owner,
    spec,
    specPath,
    containers: containersOf(template).map(({ container, path }) =>
      containerView(container as unknown as Fields, path),
    ),
    volumes: volumeViews(spec.volumes, [...specPath, 'volumes']),
    claims: [],
    annotations: profileAnnotations(template.metadata?.annotations),
    annotationsPath: [...template.path, 'metadata', 'annotations'],
    removedAnnotations: [],
    minor,
    isWindows: isFields(spec.os) && spec.os.name === 'windows',
    hasOwnUserNamespace: minor >= 35 && spec.hostUsers === false,
    isKnative: isKind(owner, 'serving.knative.dev', 'Service'),
    isOperated: false,
  }
}

export const draft = (securityContext: unknown, path: FieldPath): Draft => ({
  path,
  securityContext: isFields(securityContext) ? { ...securityContext } : {},
  changed: new Set(),
})

export const containerView = (fields: Fields, path: FieldPath): ContainerView => ({
  ...draft(fields.securityContext, [...path, 'securityContext']),
  name: String(fields.name),
  fields,
  fieldsPath: path,
})

export const volumeViews = (volumes: unknown, path: FieldPath): PodView['volumes'] =>
  Array.isArray(volumes) ? volumes.map((fields: Fields, index) => ({ fields, path: [...path, index] })) : []

/** The annotations of a pod that mean the same as fields of a securityContext. */
export function profileAnnotations(annotations: unknown): Record<string, string> {
  const own: Record<string, string> = {}
  if (!isFields(annotations)) return own
  for (const key in annotations)
    if (isSet(annotations[key]) && PROFILE_ANNOTATIONS.some((prefix) => key.startsWith(prefix)))
      own[key] = annotations[key] as string
  return own
}

const PROFILE_ANNOTATIONS = [SECCOMP_OF_POD, SECCOMP_OF_CONTAINER, APPARMOR_OF_CONTAINER]

/** The pod level and every container: the levels at which a field such as seccompProfile may be set. */
export const drafts = (pod: PodView): { draft: Draft; container?: ContainerView }[] => [
  { draft: pod },
  ...pod.containers.map((container) => ({ draft: container, container })),
]

/** Does the manifest say that it runs as root? The container's value takes precedence over the pod's. */
export const isRoot = (container: ContainerView, pod: PodView): boolean =>
  (container.securityContext.runAsUser ?? pod.securityContext.runAsUser) === 0

/** Does any of its containers run as root? Those that an operator creates have the pod's user. */
export const hasRoot = (pod: PodView): boolean =>
  pod.containers.some((container) => isRoot(container, pod)) || (pod.isOperated && pod.securityContext.runAsUser === 0)

/** Runs on Windows nodes without declaring it, which exempts it from no check. */
export const selectsWindows = ({ spec, isWindows }: PodView): boolean =>
  !isWindows && (valueAt(spec, ['nodeSelector', OS]) === 'windows' || requiresWindows(spec))

const TERMS = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms']

/** Does every alternative of its node affinity ask for Windows, and for nothing else? */
function requiresWindows(spec: Readonly<Fields>): boolean {
  const terms = valueAt(spec, TERMS)
  return Array.isArray(terms) && terms.length > 0 && terms.every(asksForWindows)
}

function asksForWindows(term: unknown): boolean {
  const expressions = valueAt(term, ['matchExpressions'])
  return (
    Array.isArray(expressions) &&
    expressions.some(
      (expression) =>
        isFields(expression) &&
        expression.key === OS &&
        expression.operator === 'In' &&
        Array.isArray(expression.values) &&
        expression.values.every((value) => value === 'windows'),
    )
  )
}

export const isPrivileged = (container: ContainerView): boolean => container.securityContext.privileged === true

/** The API refuses `allowPrivilegeEscalation: false` next to a capability of this spelling. */
export const addsSysAdmin = (container: ContainerView): boolean =>
  container.securityContext.capabilities?.add?.includes('CAP_SYS_ADMIN') === true

/** Sets a field, or removes it where the value is undefined. */
export function edit(draft: Draft, field: keyof SecurityContext, value: unknown): void {
  draft.changed.add(field)
  if (isSet(value)) (draft.securityContext as Fields)[field] = value
  else delete draft.securityContext[field]
}

export function removeAnnotation(pod: PodView, annotation: string): void {
  delete pod.annotations[annotation]
  pod.removedAnnotations.push(annotation)
}
