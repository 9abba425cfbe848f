import { isSet } from '../pod/security-context.ts'
import { type ContainerView, hasRoot } from '../pod/view.ts'
import type { Check } from './check.ts'

/**
 * runAsUser, restricted: not 0 at pod level nor in any container. From 1.35 pods with a user namespace of their own are
 * exempt.
 *
 * Refuse: a user that nobody chose may not own the files of the image. Removing the 0 is no way out: admission, which
 * cannot see the image, passes, and then the kubelet does not start the container. A 0 at pod level that every container
 * overrides has no effect and is dropped.
 */
export const runAsUser: Check = {
  name: 'runAsUser',
  level: 'restricted',
  *violations(pod) {
    if (pod.hasOwnUserNamespace) return
    const podValue = pod.securityContext.runAsUser
    if (isSet(podValue) && !isUser(podValue))
      yield {
        path: [...pod.path, 'runAsUser'],
        found: podValue,
        expected: 'a user other than root',
        advice: 'name the user of each container in containers, under runAsUser',
        ...(podValue === 0 && !hasRoot(pod) && { repair: { draft: pod, field: 'runAsUser', value: undefined } }),
      }
    for (const container of pod.containers) {
      const found = container.securityContext.runAsUser
      if (isSet(found) && !isUser(found)) yield violation(container, found)
    }
  },
}

const isUser = (value: unknown): boolean => typeof value === 'number' && value !== 0

const violation = (container: ContainerView, found: unknown) => ({
  container,
  path: [...container.path, 'runAsUser'],
  found,
  expected: 'a user other than root',
  advice: 'name a user that may read what the image holds',
  knob: 'runAsUser, or omit: [runAsUser, runAsNonRoot] and a reason,',
})
