import { setExceptions } from '../../lib/framework/exceptions.ts'
import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { describeMistyped, type Mistyped } from '../../lib/kubernetes/type-check.ts'
import { type Level, laxest } from '../checks/levels.ts'
import type { PodView } from '../pod/view.ts'
import { writeBack } from '../pod/write-back.ts'
import { enforce, type Outcome } from './enforce.ts'
import type { Policy } from './settings.ts'

export const FUNCTION_NAME = 'security-context-enforcer'

/** What became of an object: the level that its pods meet, or none where it was refused and so is as it was. */
export interface Settled {
  findings: Finding[]
  pods: readonly PodView[]
  level?: Level
}

/**
 * Enforces all pods of an object or, where one of them is refused, none: nothing stays half-changed. `also` is what was
 * found of the object beside its pods.
 */
export function settle(
  object: KubernetesObject,
  pods: readonly PodView[],
  policy: Policy,
  also: readonly Outcome[] = [],
): Settled {
  const outcomes = [...also, ...pods.map((pod) => enforce(pod, policy))]
  const findings = outcomes.flatMap((outcome) => outcome.findings)
  if (findings.some(({ severity }) => severity === 'error')) return { findings, pods }
  for (const pod of pods) writeBack(pod)
  setExceptions(
    object,
    FUNCTION_NAME,
    outcomes.flatMap(({ reasons }) => reasons),
  )
  const failed = new Set(outcomes.flatMap((outcome) => [...outcome.failed]))
  return {
    findings: [...findings, ...stale(object, policy, failed)],
    pods,
    level: laxest(outcomes.map(({ level }) => level)),
  }
}

/** On pods with hostNetwork the API server makes every containerPort a hostPort, so that exception may be there early. */
function stale(object: KubernetesObject, policy: Policy, failed: ReadonlySet<string>): Finding[] {
  return Object.keys(policy.exceptions)
    .filter((check) => !failed.has(check) && !(check === 'hostPorts' && failed.has('hostNamespaces')))
    .map((check) =>
      warning(`exceptions.${policy.workload}.${check} allows what nothing here does; remove it`, { object }),
    )
}

/** An object with values that the API would not decode is refused before anything is read from it. */
export const refuseTypes = (object: KubernetesObject, errors: readonly Mistyped[]): Finding[] =>
  errors.map((mistyped) =>
    error(describeMistyped(mistyped), {
      object,
      field: { path: formatPath(mistyped.path), currentValue: mistyped.found },
    }),
  )
