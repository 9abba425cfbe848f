import { isFields } from '../../lib/kubernetes/objects.ts'
import { FIELDS, type Field } from '../config-container.ts'
import { isSet } from '../pod/security-context.ts'
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
import { heirOf, isKept, type WorkloadSettings } from './settings.ts'

/**
 * The defaults of a container: what restricted demands, a user other than root, and a read-only root file system.
 * Created for each container, so that no two share a map.
 */
const containerDefaults = (runAsUser: number | undefined): Record<Field, unknown> => ({
  privileged: false,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsUser,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
})

const POD_DEFAULTS: readonly Field[] = ['seccompProfile']
/** A container takes these from its pod if it does not set them. */
const INHERITED: readonly Field[] = ['runAsUser', 'runAsNonRoot', 'seccompProfile']

/** Fills unset fields. Baseline makes no demands on unset fields, so there nothing is filled. */
export function fillDefaults(pod: PodView, settings: WorkloadSettings): void {
  if (settings.level === 'baseline') return
  // Containers that an operator creates are out of reach, so everything that can be set at pod level is set there.
  if (pod.isOperated) fillPod(pod, INHERITED, settings)
  for (const container of pod.containers)
    for (const field of FIELDS)
      if (isFor(field, container, pod) && !isKept(settings, field, container))
        fill(container, field, userFor(pod, settings, container))
  // Last, so that containers set it themselves too.
  if (!pod.isOperated) fillPod(pod, POD_DEFAULTS, settings)
}

function fillPod(pod: PodView, fields: readonly Field[], settings: WorkloadSettings): void {
  for (const field of fields)
    if (isForPod(field, pod) && !isKept(settings, field) && !heirOf(settings, field, pod))
      fill(pod, field, userFor(pod, settings))
}

/** Knative refuses a pod-level securityContext unless its feature flag is on; the fields of its containers suffice. */
const isForPod = (field: Field, pod: PodView): boolean =>
  !pod.isWindows && !pod.isKnative && !(field === 'runAsNonRoot' && pod.securityContext.runAsUser === 0)

/**
 * Does the container get the field? Not if the API would refuse it, if the container would never start with it, or if
 * the pod sets it.
 */
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

/**
 * The user to fill in; undefined for none. If the manifest says runAsNonRoot and leaves the user to the image, the level
 * is met, and only a user that was chosen for this workload or container is filled in.
 */
function userFor(pod: PodView, settings: WorkloadSettings, container?: ContainerView): number | undefined {
  const { id, isChosen } = settings.user(container)
  return isChosen || !saysNonRoot(pod, container) ? id : undefined
}

function saysNonRoot(pod: PodView, container: ContainerView | undefined): boolean {
  const draft = container && isSet(container.securityContext.runAsNonRoot) ? container : pod
  return draft.securityContext.runAsNonRoot === true && !draft.changed.has('runAsNonRoot')
}

function fill(draft: Draft, field: Field, runAsUser: number | undefined): void {
  const present = draft.securityContext[field]
  const value = containerDefaults(runAsUser)[field]
  if (value === undefined) return
  if (!isSet(present)) edit(draft, field, value)
  else if (isFields(present) && isFields(value)) {
    const set = Object.fromEntries(Object.entries(present).filter(([, item]) => isSet(item)))
    if (Object.keys(value).some((key) => !Object.hasOwn(set, key))) edit(draft, field, { ...value, ...set })
  }
}
