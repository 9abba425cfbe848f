import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { describeMistyped, type Mistyped } from '../../lib/kubernetes/type-check.ts'
import { findings } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'
import type { PodView } from '../pod/view.ts'

/** Refuses an object with values that the API would not decode, before anything is read from it. */
export const refuseTypes = (object: KubernetesObject, errors: readonly Mistyped[]): Finding[] =>
  errors.map((mistyped) =>
    findings.mistyped({ object, field: { path: formatPath(mistyped.path) } }, describeMistyped(mistyped)),
  )

/** The API accepts one source a volume. */
export const severalSources = ({ owner, volumes }: PodView): Finding[] =>
  volumes.flatMap(({ fields, path }) => {
    const sources = Object.keys(fields).filter((key) => key !== 'name' && isSet(fields[key]))
    const details = { object: owner, field: { path: formatPath(path) } }
    return sources.length > 1 ? [findings['several-volume-sources'](details, sources)] : []
  })
