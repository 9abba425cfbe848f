import { isSet } from '../pod/security-context.ts'
import type { Check } from './check.ts'
import { hostPathVolumes } from './host-path-volumes.ts'

const ALLOWED = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

/**
 * restrictedVolumes, restricted: every volume is of a type that cannot reach out of the pod. A volume without any
 * source is an emptyDir.
 *
 * Refuse: the volume holds data. A hostPath is reported as hostPathVolumes, since it fails baseline too.
 */
export const restrictedVolumes: Check = {
  name: 'restrictedVolumes',
  level: 'restricted',
  replaces: hostPathVolumes,
  *violations(pod) {
    for (const { fields, path } of pod.volumes) {
      const sources = Object.keys(fields).filter((key) => key !== 'name' && isSet(fields[key]))
      const [source] = sources
      if (source === undefined || sources.some((key) => ALLOWED.includes(key))) continue
      yield {
        ...(source === 'hostPath' && { check: hostPathVolumes.name }),
        path: [...path, source],
        found: fields[source],
        expected: `no volume of type ${source}`,
        advice: 'it reaches out of the pod; use a PersistentVolumeClaim or a CSI volume',
      }
    }
  },
}
