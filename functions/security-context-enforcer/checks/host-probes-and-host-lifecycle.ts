import { valueAt } from '../../lib/kubernetes/objects.ts'
import { isSet } from '../pod/security-context.ts'
import { defineCheck } from './check.ts'

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
 * lifecycle handler. The loopback address is forbidden too.
 *
 * Refused: a liveness probe that suddenly calls the pod's own address may start a restart loop.
 */
export const hostProbesAndHostLifecycle = defineCheck({
  name: 'hostProbesAndHostLifecycle',
  allows: 'probes and lifecycle handlers call a host',
  verdict: 'refuse',
  means: 'A probe or a lifecycle handler names a host to call.',
  why: 'The kubelet makes the call, so the manifest can send requests from the node to any address.',
  fix: 'Remove host, so that the pod itself is called, or give a reason in exceptions.<workload>.hostProbesAndHostLifecycle.',
  forms: [
    {
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
                  advice: 'remove it; the kubelet then calls the address of the pod, where the program must listen',
                }
            }
      },
    },
  ],
})
