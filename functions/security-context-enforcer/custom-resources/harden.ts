import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { levelOf, violationsOf } from '../checks/evaluate.ts'
import { type Level, laxest, minorOf } from '../checks/levels.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import type { CustomResourceSpec } from '../config-custom-resource.ts'
import { enforceAll, type Hardened } from '../enforce/all-or-nothing.ts'
import type { Outcome } from '../enforce/enforce.ts'
import { refuseTypes } from '../enforce/malformed.ts'
import { report } from '../enforce/report.ts'
import { allowReason, type Run, settingsFor, type WorkloadSettings } from '../enforce/settings.ts'
import { checkFinding } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'
import type { PodView } from '../pod/view.ts'
import { operatedPods, raisedFlags } from './pods.ts'
import { resourceTypeErrors } from './type-errors.ts'

/** Hardens the security contexts of a custom resource whose operator creates pods, or only counts the level that they need. */
export function hardenResource(
  object: KubernetesObject,
  resource: CustomResourceSpec,
  spec: SecurityContextEnforcerSpec,
  run: Run,
): Hardened {
  const typeErrors = refuseTypes(object, resourceTypeErrors(object, resource))
  if (typeErrors.length > 0) return { findings: typeErrors, pods: [] }
  const settings = settingsFor(object, spec, run, resource.omit)
  const pods = operatedPods(object, resource, minorOf(spec.version))
  const flags = judgeFlags(object, resource, settings)
  const hardened = resource.harden
    ? enforceAll(object, pods, settings, [flags])
    : enforceAll(object, [], settings, [flags, ...pods.map((pod) => judge(pod, settings))])
  if (!hardened.level) return hardened
  const level = resource.harden
    ? laxest([hardened.level, ...pods.map((pod) => inheritedLevel(pod, settings))])
    : hardened.level
  return { ...hardened, pods, level }
}

/** Containers that only the operator knows meet restricted through their pod, or through what the operator sets. */
const inheritedLevel = (pod: PodView, { omit }: WorkloadSettings): Level =>
  (pod.securityContext.runAsNonRoot === true || omit.includes('runAsNonRoot')) &&
  (isSet(pod.securityContext.seccompProfile) || omit.includes('seccompProfile'))
    ? 'restricted'
    : 'baseline'

/** Even if nothing may be set, the fields of the resource decide whether admission accepts its pods. */
function judge(pod: PodView, settings: WorkloadSettings): Outcome {
  const violations = violationsOf(pod, 'baseline').filter(({ because }) => because === undefined)
  return {
    findings: violations.map((violation) => report(pod, settings, violation)),
    reasons: violations
      .map((violation) => allowReason(settings, violation, pod))
      .filter((reason) => reason !== undefined),
    failed: new Set(violations.map(({ check }) => check)),
    level: levelOf(pod) === 'privileged' ? 'privileged' : violatesRestricted(pod) ? 'baseline' : 'restricted',
  }
}

/** Does it set something that restricted forbids? The operator may set what it leaves unset. */
const violatesRestricted = (pod: PodView): boolean =>
  violationsOf(pod, 'restricted').some(({ found }) => found !== undefined && !isPlaceholder(found))

/** The flags of the resource, with the level that its kind can meet at most. */
function judgeFlags(object: KubernetesObject, resource: CustomResourceSpec, settings: WorkloadSettings): Outcome {
  const raised = raisedFlags(object, resource)
  const findings = raised.map(({ path, check }) => {
    const details = { object, field: { path: formatPath(path), currentValue: true } }
    const reason = settings.exceptions[check]
    return checkFinding(
      check,
      details,
      { found: true, expected: 'false' },
      reason === undefined
        ? { is: 'refused', wayOut: `or allow it with a reason in exceptions.${settings.workload}.${check}` }
        : { is: 'allowed', reason },
    )
  })
  return {
    findings,
    reasons: raised.map(({ check }) => settings.exceptions[check]).filter((reason) => reason !== undefined),
    failed: new Set(raised.map(({ check }) => check)),
    level: raised.length > 0 ? 'privileged' : (resource.level ?? 'restricted'),
  }
}
