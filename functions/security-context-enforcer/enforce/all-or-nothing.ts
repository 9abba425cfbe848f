import { setExceptions } from '../../lib/framework/exceptions.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Level, laxest } from '../checks/levels.ts'
import { findings } from '../findings/index.ts'
import type { PodView } from '../pod/view.ts'
import { writeBack } from '../pod/write-back.ts'
import { enforce, type Outcome } from './enforce.ts'
import type { WorkloadSettings } from './settings.ts'

/** The result for one object. */
export interface Hardened {
  findings: Finding[]
  pods: readonly PodView[]
  /** The level that its pods meet; undefined if the object was refused, which leaves it unchanged. */
  level?: Level
}

/**
 * Enforces all pods of an object, or none if one of them is refused, so that nothing is half-changed. `also` is what was
 * found in the object besides its pods.
 */
export function enforceAll(
  object: KubernetesObject,
  pods: readonly PodView[],
  settings: WorkloadSettings,
  also: readonly Outcome[] = [],
): Hardened {
  const outcomes = [...also, ...pods.map((pod) => enforce(pod, settings))]
  const found = outcomes.flatMap((outcome) => outcome.findings)
  if (found.some(({ severity }) => severity === 'error')) return { findings: found, pods }
  for (const pod of pods) writeBack(pod)
  setExceptions(
    object,
    settings.functionName,
    outcomes.flatMap(({ reasons }) => reasons),
  )
  const failed = new Set(outcomes.flatMap((outcome) => [...outcome.failed]))
  return {
    findings: [...found, ...unusedExceptions(object, settings, failed)],
    pods,
    level: laxest(outcomes.map(({ level }) => level)),
  }
}

/** On pods with hostNetwork the API server makes every containerPort a hostPort, so that exception may come early. */
function unusedExceptions(
  object: KubernetesObject,
  settings: WorkloadSettings,
  failed: ReadonlySet<string>,
): Finding[] {
  return Object.keys(settings.exceptions)
    .filter((check) => !failed.has(check) && !(check === 'hostPorts' && failed.has('hostNamespaces')))
    .map((check) => findings['unused-exception']({ object }, `exceptions.${settings.workload}.${check}`))
}
