import { isSet } from '../pod/security-context.ts'
import { hasRoot, isRoot } from '../pod/view.ts'
import { defineCheck } from './check.ts'

/**
 * runAsNonRoot, restricted: true at pod level or in every container, and false nowhere: an explicit false at pod level
 * fails even where every container overrides it. From 1.35 pods with a user namespace of their own are exempt; pods that
 * declare Windows are not.
 *
 * Unset is filled and false is overridden: if the image is root after all, the kubelet says so when it starts the
 * container. Not next to `runAsUser: 0`, because the container would never start.
 */
export const runAsNonRoot = defineCheck({
  name: 'runAsNonRoot',
  allows: 'pods do not say that they run as another user than root',
  verdict: 'override',
  means: 'A pod or a container does not promise to run as a user other than root.',
  why: 'Root in a container is root on the node as soon as anything else fails.',
  fix: 'Set runAsNonRoot: true, or omit: [runAsUser, runAsNonRoot] and a reason in containers.<workload>/<container> if the image needs root.',
  forms: [
    {
      level: 'restricted',
      *violations(pod) {
        if (pod.hasOwnUserNamespace) return
        const podValue = pod.securityContext.runAsNonRoot
        if (isSet(podValue) && podValue !== true)
          yield {
            path: [...pod.path, 'runAsNonRoot'],
            found: podValue,
            expected: 'true',
            ...(hasRoot(pod)
              ? { because: 'runAsUser' }
              : { repair: { draft: pod, field: 'runAsNonRoot', value: true } }),
          }
        for (const container of pod.containers) {
          const found = container.securityContext.runAsNonRoot
          if (found === true || (!isSet(found) && isSet(podValue))) continue
          yield {
            container,
            path: [...container.path, 'runAsNonRoot'],
            found: found ?? undefined,
            expected: 'true',
            ...(isRoot(container, pod) && { because: 'runAsUser' }),
            ...(!isRoot(container, pod) &&
              isSet(found) && { repair: { draft: container, field: 'runAsNonRoot', value: true } }),
          }
        }
      },
    },
  ],
})
