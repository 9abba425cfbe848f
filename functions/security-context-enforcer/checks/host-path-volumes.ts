import { isSet } from '../pod/security-context.ts'
import { defineCheck } from './check.ts'

/**
 * hostPathVolumes, baseline: no volume may be a hostPath.
 *
 * Refused: the volume holds data of the node, which an emptyDir in its place would lose.
 */
export const hostPathVolumes = defineCheck({
  name: 'hostPathVolumes',
  allows: 'pods mount paths of their node',
  verdict: 'refuse',
  means: 'A pod mounts a directory or a file of its node.',
  why: 'What the pod reads and writes there belongs to the node and to other pods: credentials, logs, sockets.',
  fix: 'Use a PersistentVolumeClaim or a CSI volume, or give a reason in exceptions.<workload>.hostPathVolumes.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        for (const { fields, path } of pod.volumes)
          if (isSet(fields.hostPath))
            yield {
              path: [...path, 'hostPath'],
              found: fields.hostPath,
              expected: 'no hostPath',
              advice: 'use a PersistentVolumeClaim or a CSI volume',
            }
      },
    },
  ],
})
