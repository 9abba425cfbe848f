import { isSet } from '../pod/security-context.ts'
import { type ContainerView, hasRoot } from '../pod/view.ts'
import { type CheckResult, defineCheck } from './check.ts'

/**
 * runAsUser, restricted: not 0 at pod level nor in any container. From 1.35 pods with a user namespace of their own are
 * exempt.
 *
 * Refused: a user that nobody chose may not own the files of the image. Removing the 0 does not help: admission cannot
 * see the image and lets the pod pass, and then the kubelet does not start the container. A 0 at pod level that every
 * container overrides has no effect and is removed.
 */
export const runAsUser = defineCheck({
  name: 'runAsUser',
  allows: 'pods run as root',
  verdict: 'refuse',
  means: 'A pod or a container runs as user 0, which is root.',
  why: 'Root in a container is root on the node as soon as anything else fails.',
  fix: 'Set runAsUser in containers.<workload>/<container> to a user that can read the files of the image, or omit: [runAsUser, runAsNonRoot] and a reason.',
  forms: [
    {
      level: 'restricted',
      *violations(pod) {
        if (pod.hasOwnUserNamespace) return
        const podValue = pod.securityContext.runAsUser
        if (isSet(podValue) && !isUser(podValue))
          yield {
            path: [...pod.path, 'runAsUser'],
            found: podValue,
            expected: 'a user other than root',
            advice: `for each of its containers set runAsUser, or ${KEEP}, in containers`,
            ...(podValue === 0 && !hasRoot(pod) && { repair: { draft: pod, field: 'runAsUser', value: undefined } }),
          }
        for (const container of pod.containers) {
          const found = container.securityContext.runAsUser
          if (isSet(found) && !isUser(found)) yield violation(container, found)
        }
      },
    },
  ],
})

const KEEP = 'omit: [runAsUser, runAsNonRoot] and a reason'

const isUser = (value: unknown): boolean => typeof value === 'number' && value !== 0

const violation = (container: ContainerView, found: unknown): CheckResult => ({
  container,
  path: [...container.path, 'runAsUser'],
  found,
  expected: 'a user other than root',
  advice: 'name a user that can read the files of the image',
  knob: `runAsUser, or ${KEEP},`,
})
