import { tcp } from '../../lib/flows/port.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isOfTheMesh } from '../../lib/kubernetes/istio.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Direction, Policy, Rule } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import { deniedDirections, deniedTo, ownStage } from '../subjects/stage.ts'
import type { Subject } from '../subjects/subject.ts'
import type { SubjectAdmission } from '../traffic/admission.ts'
import { egressOf } from '../traffic/egress.ts'
import { ingressOf } from '../traffic/ingress.ts'
import { rulesOf } from './rules.ts'

/** Admits everything: the reason says why. */
const EVERYTHING: readonly Rule[] = [{ peers: [{ type: 'anyone' }], ports: [] }]

/** One policy for each subject: who may call it where anyone may, and whom it may call. Sorted. */
export function subjectPolicies(build: Build, open: ReadonlyMap<Subject, string>): Policy[] {
  const { spec } = build
  const subjects = [...build.subjects, ...build.replicas]
  const everywhere = deniedDirections(spec)
  const denied = new Map(subjects.map((subject) => [subject, deniedTo(subject, spec)]))
  const anywhere = new Set([...everywhere, ...[...denied.values()].flat()])
  const ingress = groupBy(anywhere.has('Ingress') ? ingressOf(build) : [], ({ subject }) => subject)
  const egress = groupBy(anywhere.has('Egress') ? egressOf(build) : [], ({ subject }) => subject)
  return subjects
    .flatMap((subject) => {
      const own = denied.get(subject) ?? []
      const isAhead = own.some((direction) => !everywhere.includes(direction))
      const admitted = {
        Ingress: [...(ingress.get(subject) ?? []), ...(isAhead ? fromScraperOfSidecars(subject, spec) : [])],
        Egress: egress.get(subject) ?? [],
      }
      const sides = { ...sideOf('Ingress', own, everywhere, admitted), ...sideOf('Egress', own, everywhere, admitted) }
      const reason = own.includes('Egress') ? open.get(subject) : undefined
      return Object.keys(sides).length > 0 ? [policyOf(subject, sides, reason, build)] : []
    })
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

type Sides = Partial<Record<Direction, readonly SubjectAdmission[] | 'open'>>

/**
 * A direction of a policy: what is admitted if the direction is denied, and everything for pods at an earlier stage than
 * their namespace. Without default-deny around it, a policy that admits nothing must still deny.
 */
function sideOf(
  direction: Direction,
  own: readonly Direction[],
  everywhere: readonly Direction[],
  admitted: Readonly<Record<Direction, readonly SubjectAdmission[]>>,
): Sides {
  const isDenied = own.includes(direction)
  if (!isDenied) return everywhere.includes(direction) ? { [direction]: 'open' } : {}
  const isNeeded = admitted[direction].length > 0 || !everywhere.includes(direction)
  return isNeeded ? { [direction]: admitted[direction] } : {}
}

/** The policy of the namespace that admits the scraper comes with default-deny. */
const fromScraperOfSidecars = (subject: Subject, { scrape, stage }: Build['spec']): SubjectAdmission[] =>
  scrape && !scrape.off && stage === 'audit' && subject.injected
    ? [
        {
          subject,
          peer: { type: 'pods', namespace: scrape.namespace, labels: scrape.labels },
          ports: [tcp(scrape.port)],
        },
      ]
    : []

const placeOf = ({ namespace, name }: Policy): string => `${namespace}/${name}`

function policyOf(subject: Subject, sides: Sides, openReason: string | undefined, build: Build): Policy {
  const { name, namespace, podLabels, workload } = subject
  const { Ingress: ingress, Egress: egress } = sides
  const reasons = ingress === 'open' ? [] : (ingress ?? []).flatMap(({ reason }) => reason ?? [])
  const isBehind = ingress === 'open' || egress === 'open'
  return {
    ...{ name, namespace, podLabels, owner: workload?.object ?? build.namespaces.get(namespace) },
    ...(ingress && { ingress: ingress === 'open' ? EVERYTHING : rulesOf(ingress) }),
    ...(egress && { egress: egress === 'open' || openReason !== undefined ? EVERYTHING : rulesOf(egress) }),
    exceptions: [
      ...reasons,
      ...(openReason === undefined ? [] : [openReason]),
      ...(isBehind ? [`stage ${ownStage(subject, build.spec)}`] : []),
    ],
    labels: ownLabels(workload?.object.metadata.labels ?? {}),
  }
}

const ownLabels = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !isOfTheMesh(key)))
