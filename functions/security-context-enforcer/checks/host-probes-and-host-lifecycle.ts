import { valueAt } from '../../lib/kubernetes/objects.ts'
import { isSet } from '../pod/security-context.ts'
import type { Check } from './check.ts'

const HANDLERS = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
]
const ACTIONS = ['httpGet', 'tcpSocket']

/**
 * hostProbesAndHostLifecycle, baseline, from 1.34: `host` is empty in the httpGet and tcpSocket of every probe and
 * lifecycle handler, the loopback address included.
 *
 * Refuse: a liveness probe that goes to the pod's address all at once may start a restart loop.
 */
export const hostProbesAndHostLifecycle: Check = {
  name: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  since: 34,
  *violations(pod) {
    for (const container of pod.containers)
      for (const handler of HANDLERS)
        for (const action of ACTIONS) {
          const path = [...handler, action, 'host']
          const found = valueAt(container.fields, path)
          if (isSet(found) && found !== '')
            yield {
              container,
              path: [...container.fieldsPath, ...path],
              found,
              expected: 'no host',
              advice: 'remove it, which makes the kubelet call the address of the pod: the program must listen there',
            }
        }
  },
}
