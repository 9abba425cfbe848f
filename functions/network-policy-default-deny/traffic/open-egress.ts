import { EXCEPTION } from '../../lib/framework/exceptions.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { unknownKeys, workloadNames } from '../../lib/framework/unknown-keys.ts'
import { type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import { sidecarsOf } from './sidecars.ts'

const ISTIO_HARDENING = 'istio-hardening: '
const MODE = ['spec', 'outboundTrafficPolicy', 'mode']

/** The reason for which a workload may call anything, by object; a Sidecar that says so without a reason is an error. */
export function openEgress({ objects, subjects, spec }: Build): {
  reasons: ReadonlyMap<Subject, string>
  findings: Finding[]
} {
  const made = subjects.flatMap(({ workload, name }) => (workload ? [] : [name]))
  const names = [...workloadNames(subjects.flatMap(({ workload }) => workload ?? [])), ...made]
  const found = unknownKeys(findings['unknown-key'], 'openEgress', spec.openEgress, { what: 'workload', names })
  const sidecars = sidecarsOf(objects)
  const reasons = new Map<Subject, string>()
  for (const subject of subjects) {
    const { workload, name } = subject
    if (!workload) {
      const reason = Object.hasOwn(spec.openEgress, name) ? spec.openEgress[name]?.reason : undefined
      if (reason !== undefined) reasons.set(subject, reason)
      continue
    }
    const configured = overrideFor(spec.openEgress, workload)?.reason
    const sidecar = sidecars.get(workload.namespace)?.for(workload.labels)
    const isOpen = sidecar !== undefined && valueAt(sidecar, MODE) === 'ALLOW_ANY'
    const reason = configured ?? (isOpen ? reasonOn(sidecar) : undefined)
    if (reason !== undefined) reasons.set(subject, reason)
    else if (isOpen) found.push(noReason(workload, sidecar))
  }
  return { reasons, findings: found }
}

const reasonOn = (sidecar: KubernetesObject): string | undefined =>
  (sidecar.metadata.annotations?.[EXCEPTION] ?? '')
    .split('\n')
    .find((line) => line.startsWith(ISTIO_HARDENING))
    ?.slice(ISTIO_HARDENING.length)

const noReason = ({ name }: Workload, object: KubernetesObject): Finding =>
  findings['allow-any-without-reason'](
    { object, field: { path: MODE.join('.'), currentValue: 'ALLOW_ANY' } },
    `${EXCEPTION}: "${ISTIO_HARDENING}<reason>"`,
    name,
  )
