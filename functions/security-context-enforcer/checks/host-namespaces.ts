import { isSet } from '../pod/security-context.ts'
import type { Check } from './check.ts'

/**
 * hostNamespaces, baseline: hostNetwork, hostPID and hostIPC of the pod must not be true.
 *
 * Refuse: without them the pod has another network identity and sees other processes.
 */
export const hostNamespaces: Check = {
  name: 'hostNamespaces',
  level: 'baseline',
  *violations(pod) {
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
      const found = pod.spec[field]
      if (isSet(found) && found !== false)
        yield {
          path: [...pod.specPath, field],
          found,
          expected: 'false',
          advice: 'remove it: the pod shares a namespace with its node',
        }
    }
  },
}
