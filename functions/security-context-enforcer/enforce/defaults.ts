import { isFields } from '../../lib/kubernetes/objects.ts'
import { FIELDS, type Field } from '../config-container.ts'
import { isSet, type SecurityContext } from '../pod/security-context.ts'
import {
  addsSysAdmin,
  type ContainerView,
  type Draft,
  edit,
  isPrivileged,
  isRoot,
  type PodView,
  selectsWindows,
} from '../pod/view.ts'
import { heirOf, isKept, type Policy } from './settings.ts'

/**
 * What a container gets where it says nothing: what restricted demands, and a user and a root file system of its own.
 * Made anew for each, so that no two share a map.
 */
const containerDefaults = (runAsUser: number): Required<Pick<SecurityContext, Field>> => ({
  privileged: false,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsUser,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
})

const POD_DEFAULTS: readonly Field[] = ['seccompProfile']
/** A container takes these from its pod where it does not say. */
const INHERITED: readonly Field[] = ['runAsUser', 'runAsNonRoot', 'seccompProfile']

/** Fills what is unset. Baseline demands nothing of what is unset, so there nothing is filled. */
export function fillDefaults(pod: PodView, policy: Policy): void {
  if (policy.level === 'baseline') return
  // Containers that an operator makes are out of reach: what can stand at pod level stands there.
  if (pod.isOperated) fillPod(pod, INHERITED, policy)
  for (const container of pod.containers)
    for (const field of FIELDS)
      if (isFor(field, container, pod) && !isKept(policy, field, container)) fill(container, field, policy.runAsUser)
  // Last, so that containers say it themselves too.
  if (!pod.isOperated) fillPod(pod, POD_DEFAULTS, policy)
}

function fillPod(pod: PodView, fields: readonly Field[], policy: Policy): void {
  for (const field of fields)
    if (isForPod(field, pod) && !isKept(policy, field) && !heirOf(policy, field, pod))
      fill(pod, field, policy.runAsUser)
}

/** Knative refuses a pod-level securityContext unless its feature flag is on; its containers say it all. */
const isForPod = (field: Field, pod: PodView): boolean =>
  !pod.isWindows && !pod.isKnative && !(field === 'runAsNonRoot' && pod.securityContext.runAsUser === 0)

/** Not where the API would refuse the field or the container never start with it; a value at pod level is not repeated. */
function isFor(field: Field, container: ContainerView, pod: PodView): boolean {
  if (INHERITED.includes(field) && isSet(pod.securityContext[field])) return false
  if (pod.isWindows) return field === 'runAsNonRoot'
  switch (field) {
    case 'privileged':
      return !pod.isKnative
    case 'allowPrivilegeEscalation':
      return !isPrivileged(container) && !addsSysAdmin(container)
    case 'capabilities':
      return !isPrivileged(container)
    case 'readOnlyRootFilesystem':
      return !selectsWindows(pod)
    case 'runAsUser':
      return !pod.hasOwnUserNamespace && !selectsWindows(pod)
    case 'runAsNonRoot':
      return !pod.hasOwnUserNamespace && !isRoot(container, pod)
    default:
      return true
  }
}

function fill(draft: Draft, field: Field, runAsUser: number): void {
  const present = draft.securityContext[field]
  const value = containerDefaults(runAsUser)[field]
  if (!isSet(present)) edit(draft, field, value)
  else if (isFields(present) && isFields(value)) {
    const set = Object.fromEntries(Object.entries(present).filter(([, item]) => isSet(item)))
    if (Object.keys(value).some((key) => !Object.hasOwn(set, key))) edit(draft, field, { ...value, ...set })
  }
}
