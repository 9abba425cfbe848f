/**
 * Every pod meets a level of the Pod Security Standards, and its Namespace tells admission to enforce it.
 *
 * In pods, pod templates, and the security contexts of custom resources whose operators create pods:
 * - an unset field is filled (enforce/defaults.ts): privileged, allowPrivilegeEscalation, capabilities.drop,
 *   readOnlyRootFilesystem, runAsUser, runAsNonRoot and seccompProfile of containers, seccompProfile of pods;
 * - an explicit bad value is overridden, with a warning, if its check (checks/) knows a value that works as well;
 * - anything else is refused, which leaves the whole object unchanged, unless `exceptions` or `containers` allow it with
 *   a reason. A placeholder is refused too, because its value is not known. So is a user that is filled in although it
 *   cannot work (enforce/users.ts).
 *
 * Pods also get automountServiceAccountToken, fsGroup if the policy has one, and an emptyDir at the paths that their
 * containers write to. Namespaces get pod-security.kubernetes.io/enforce: the strictest level that all their pods then meet.
 */

import type { Finding } from '../lib/framework/finding.ts'
import { addAll } from '../lib/framework/lists.ts'
import { type KubernetesObject, typeOf } from '../lib/kubernetes/objects.ts'
import { workloadOf } from '../lib/kubernetes/workload.ts'
import type { SecurityContextEnforcerSpec } from './config.ts'
import { podsOutOfReach } from './custom-resources/foreign.ts'
import { hardenResource } from './custom-resources/harden.ts'
import { customResources } from './custom-resources/kinds.ts'
import type { Hardened } from './enforce/all-or-nothing.ts'
import { labelNamespaces } from './namespace/label.ts'
import type { Need } from './namespace/levels.ts'
import { userRangesOf } from './namespace/user-ranges.ts'
import { NamesInUse } from './unknown-keys.ts'
import { hardenWorkload } from './workload/harden.ts'
import { serviceAccountsOf } from './workload/service-account-token.ts'

export function transform(
  objects: KubernetesObject[],
  spec: SecurityContextEnforcerSpec,
  functionName: string,
): Finding[] {
  const kinds = customResources(spec)
  const accounts = serviceAccountsOf(objects)
  const run = { functionName, userRanges: userRangesOf(objects) }
  const findings: Finding[] = []
  const needs: Need[] = []
  const names = new NamesInUse()
  const harden = (object: KubernetesObject): Hardened | undefined => {
    const workload = workloadOf(object)
    if (workload) return hardenWorkload(workload, spec, accounts, run)
    const resource = kinds.get(typeOf(object))
    return resource && hardenResource(object, resource, spec, run)
  }
  for (const object of objects) {
    const hardened = harden(object)
    if (!hardened) addAll(findings, podsOutOfReach(object))
    if (!hardened) continue
    addAll(findings, hardened.findings)
    names.add(object, hardened.pods)
    // A refused object counts too: once it is fixed it must meet the level.
    needs.push({ object, level: hardened.level ?? spec.level })
  }
  return [...findings, ...labelNamespaces(objects, needs, spec, functionName), ...names.unknown(spec, objects)]
}
