import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { levelOf, violationsOf } from '../checks/evaluate.ts'
import { type Level, laxest, minorOf } from '../checks/levels.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import type { CustomResourceSpec } from '../config-custom-resource.ts'
import { refuseTypes, type Settled, settle } from '../enforce/all-or-nothing.ts'
import type { Outcome } from '../enforce/enforce.ts'
import { report } from '../enforce/report.ts'
import { allowReason, type Policy, policyFor } from '../enforce/settings.ts'
import { isSet } from '../pod/security-context.ts'
import type { PodView } from '../pod/view.ts'
import { operatedPods, raisedFlags } from './pods.ts'
import { resourceTypeErrors } from './type-errors.ts'

/** Hardens what a custom resource says of the pods that its operator makes, or only counts the level that they need. */
export function hardenResource(
  object: KubernetesObject,
  resource: CustomResourceSpec,
  spec: SecurityContextEnforcerSpec,
): Settled {
  const typeErrors = refuseTypes(object, resourceTypeErrors(object, resource))
  if (typeErrors.length > 0) return { findings: typeErrors, pods: [] }
  const policy = policyFor(object, spec, resource.omit)
  const pods = operatedPods(object, resource, minorOf(spec.version))
  const flags = judgeFlags(object, resource, policy)
  const settled = resource.harden
    ? settle(object, pods, policy, [flags])
    : settle(object, [], policy, [flags, ...pods.map((pod) => judge(pod, policy))])
  if (!settled.level) return settled
  const level = resource.harden
    ? laxest([settled.level, ...pods.map((pod) => inheritedLevel(pod, policy))])
    : settled.level
  return { ...settled, pods, level }
}

/** Containers that only the operator knows meet restricted by what they take from their pod, or by what it sets itself. */
const inheritedLevel = (pod: PodView, { omit }: Policy): Level =>
  (pod.securityContext.runAsNonRoot === true || omit.includes('runAsNonRoot')) &&
  (isSet(pod.securityContext.seccompProfile) || omit.includes('seccompProfile'))
    ? 'restricted'
    : 'baseline'

/** Where nothing may be set, what the resource says itself still decides what admission makes of its pods. */
function judge(pod: PodView, policy: Policy): Outcome {
  const violations = violationsOf(pod, 'baseline').filter(({ because }) => because === undefined)
  return {
    findings: violations.map((violation) => report(pod, policy, violation)),
    reasons: violations
      .map((violation) => allowReason(policy, violation, pod))
      .filter((reason) => reason !== undefined),
    failed: new Set(violations.map(({ check }) => check)),
    level: levelOf(pod) === 'privileged' ? 'privileged' : saysOtherwise(pod) ? 'baseline' : 'restricted',
  }
}

/** Does it say itself what restricted forbids? What it leaves unset the operator may set. */
const saysOtherwise = (pod: PodView): boolean =>
  violationsOf(pod, 'restricted').some(({ found }) => found !== undefined && !isPlaceholder(found))

/** What the resource says beside its security contexts, with the level that its kind can meet at most. */
function judgeFlags(object: KubernetesObject, resource: CustomResourceSpec, policy: Policy): Outcome {
  const raised = raisedFlags(object, resource)
  const findings = raised.map(({ path, check }): Finding => {
    const details = { object, field: { path: formatPath(path), currentValue: true }, tags: { check } }
    const reason = policy.exceptions[check]
    if (reason !== undefined) return warning(`found true; allowed: ${reason}`, details)
    const exception = `exceptions.${policy.workload}.${check}`
    return error(`found true, expected false; or allow it with a reason in ${exception}`, details)
  })
  return {
    findings,
    reasons: raised.map(({ check }) => policy.exceptions[check]).filter((reason) => reason !== undefined),
    failed: new Set(raised.map(({ check }) => check)),
    level: raised.length > 0 ? 'privileged' : (resource.level ?? 'restricted'),
  }
}
