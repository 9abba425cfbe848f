import { isSet } from '../pod/security-context.ts'
import type { Check } from './check.ts'

/**
 * hostPathVolumes, baseline: no volume may be a hostPath.
 *
 * Refuse: the volume holds data of the node; an emptyDir in its place would lose it.
 */
export const hostPathVolumes: Check = {
  name: 'hostPathVolumes',
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
}
