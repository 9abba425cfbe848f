import { isOfTheMesh } from '../../lib/kubernetes/istio-labels.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Direction, Policy, Rule } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import type { SubjectAdmission } from '../traffic/admission.ts'
import { egressOf } from '../traffic/egress.ts'
import { ingressOf } from '../traffic/ingress.ts'
import { rulesOf } from './rules.ts'
import { syncWaveOf } from './sync-wave.ts'

/** Admits everything: the reason says why. */
const EVERYTHING: readonly Rule[] = [{ peers: [{ type: 'anyone' }], ports: [] }]

/** One policy for each subject: who may call it where anyone may, and whom it may call. Sorted. */
export function subjectPolicies(build: Build, open: ReadonlyMap<Subject, string>): Policy[] {
  const { directions } = build.spec
  const ingress = bySubject(directions.includes('Ingress') ? ingressOf(build) : [])
  const egress = bySubject(directions.includes('Egress') ? egressOf(build) : [])
  return build.subjects
    .flatMap((subject) => {
      const admitted = { Ingress: ingress.get(subject) ?? [], Egress: egress.get(subject) ?? [] }
      const reason = directions.includes('Egress') ? open.get(subject) : undefined
      return admitted.Ingress.length + admitted.Egress.length > 0
        ? [policyOf(subject, admitted, reason, syncWaveOf(subject, build))]
        : []
    })
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

const placeOf = ({ namespace, name }: Policy): string => `${namespace}/${name}`

function policyOf(
  { name, namespace, podLabels, workload }: Subject,
  admitted: Readonly<Record<Direction, readonly SubjectAdmission[]>>,
  openReason: string | undefined,
  syncWave: string | undefined,
): Policy {
  const reasons = admitted.Ingress.flatMap(({ reason }) => reason ?? [])
  return {
    ...{ name, namespace, podLabels, syncWave },
    ...(admitted.Ingress.length > 0 && { ingress: rulesOf(admitted.Ingress) }),
    ...(admitted.Egress.length > 0 && { egress: openReason === undefined ? rulesOf(admitted.Egress) : EVERYTHING }),
    exceptions: [...reasons, ...(openReason === undefined ? [] : [openReason])],
    labels: ownLabels(workload?.object.metadata.labels ?? {}),
  }
}

const ownLabels = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !isOfTheMesh(key)))

function bySubject(admissions: readonly SubjectAdmission[]): Map<Subject, SubjectAdmission[]> {
  const admitted = new Map<Subject, SubjectAdmission[]>()
  for (const admission of admissions) {
    const own = admitted.get(admission.subject)
    if (own) own.push(admission)
    else admitted.set(admission.subject, [admission])
  }
  return admitted
}
