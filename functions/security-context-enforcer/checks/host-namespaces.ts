import { isSet } from '../pod/security-context.ts'
import { defineCheck } from './check.ts'

/**
 * hostNamespaces, baseline: hostNetwork, hostPID and hostIPC of the pod must not be true.
 *
 * Refused: without them the pod has another network identity and sees other processes.
 */
export const hostNamespaces = defineCheck({
  name: 'hostNamespaces',
  allows: 'pods have hostNetwork, hostPID or hostIPC',
  verdict: 'refuse',
  means: 'A pod shares the network, the processes or the IPC of its node.',
  why: 'Such a pod sees the traffic or the processes of every other pod on the node, and network policies do not select it.',
  fix: 'Remove the field, or give a reason in exceptions.<workload>.hostNamespaces.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
          const found = pod.spec[field]
          if (isSet(found) && found !== false)
            yield {
              path: [...pod.specPath, field],
              found,
              expected: 'false',
              advice: 'remove it, because the pod shares a namespace with its node',
            }
        }
      },
    },
  ],
})
