import { isSet } from '../pod/security-context.ts'
import { defineCheck } from './check.ts'
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
 * Refused: the volume holds data. A hostPath is reported as hostPathVolumes, because it fails baseline too.
 */
export const restrictedVolumes = defineCheck({
  name: 'restrictedVolumes',
  allows: 'pods have volumes of any type, but hostPath',
  verdict: 'refuse',
  means: 'A pod mounts a volume of a type that reaches out of the pod, such as nfs.',
  why: 'Whoever writes the manifest chooses the server, past the storage classes that the cluster offers.',
  fix: 'Use a PersistentVolumeClaim or a CSI volume, or give a reason in exceptions.<workload>.restrictedVolumes.',
  forms: [
    {
      level: 'restricted',
      replaces: hostPathVolumes.name,
      *violations(pod) {
        for (const { fields, path } of pod.volumes) {
          const sources = Object.keys(fields).filter((key) => key !== 'name' && isSet(fields[key]))
          const [source] = sources
          if (source === undefined || sources.some((key) => ALLOWED.includes(key))) continue
          const isHostPath = source === 'hostPath'
          yield {
            ...(isHostPath && { check: hostPathVolumes.name }),
            path: [...path, source],
            found: fields[source],
            // Sources of other types may hold credentials.
            ...(!isHostPath && { shown: 'one' }),
            expected: `no volume of type ${source}`,
            advice: 'it reaches out of the pod; use a PersistentVolumeClaim or a CSI volume',
          }
        }
      },
    },
  ],
})
