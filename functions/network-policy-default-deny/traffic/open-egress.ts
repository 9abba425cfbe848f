import { EXCEPTION } from '../../lib/framework/exceptions.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { unknownKeys, workloadNames } from '../../lib/framework/unknown-keys.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'

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
  const sidecars = sidecarsByNamespace(objects)
  const reasons = new Map<Subject, string>()
  for (const subject of subjects) {
    const { workload, name } = subject
    if (!workload) {
      const reason = Object.hasOwn(spec.openEgress, name) ? spec.openEgress[name]?.reason : undefined
      if (reason !== undefined) reasons.set(subject, reason)
      continue
    }
    const configured = overrideFor(spec.openEgress, workload)?.reason
    const sidecar = sidecarFor(workload, sidecars.get(workload.namespace) ?? [])
    const isOpen = sidecar !== undefined && valueAt(sidecar, MODE) === 'ALLOW_ANY'
    const reason = configured ?? (isOpen ? reasonOn(sidecar) : undefined)
    if (reason !== undefined) reasons.set(subject, reason)
    else if (isOpen) found.push(noReason(workload, sidecar))
  }
  return { reasons, findings: found }
}

function sidecarsByNamespace(objects: readonly KubernetesObject[]): Map<string, KubernetesObject[]> {
  const sidecars = new Map<string, KubernetesObject[]>()
  for (const object of objects) {
    if (!isKind(object, 'networking.istio.io', 'Sidecar')) continue
    const namespace = object.metadata.namespace ?? ''
    sidecars.set(namespace, [...(sidecars.get(namespace) ?? []), object])
  }
  return sidecars
}

/** Source: https://istio.io/latest/docs/reference/config/networking/sidecar/: a Sidecar with a selector precedes one without. */
function sidecarFor(workload: Workload, sidecars: readonly KubernetesObject[]): KubernetesObject | undefined {
  const selecting = sidecars.filter((sidecar) => isFields(valueAt(sidecar, ['spec', 'workloadSelector'])))
  const own = selecting.find((sidecar) =>
    selects((valueAt(sidecar, ['spec', 'workloadSelector', 'labels']) ?? {}) as Labels, workload.labels),
  )
  return own ?? sidecars.find((sidecar) => !selecting.includes(sidecar))
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
