import type { Finding } from '../lib/framework/finding.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import { workloadOf } from '../lib/kubernetes/workload.ts'
import type { SecurityContextEnforcerSpec } from './config.ts'
import { hardenResource } from './custom-resources/harden.ts'
import { customResources, kindOf } from './custom-resources/kinds.ts'
import type { Settled } from './enforce/all-or-nothing.ts'
import type { Need } from './namespace/findings.ts'
import { labelNamespaces } from './namespace/label.ts'
import { NamesInUse } from './unknown-keys.ts'
import { hardenWorkload } from './workload/harden.ts'
import { tokenlessAccounts } from './workload/service-account-token.ts'

/**
 * Every pod meets a level of the Pod Security Standards, and its namespace says so to admission.
 *
 * Pods, pod templates, and the security contexts of custom resources whose operators make pods:
 * - what is unset is filled (enforce/defaults.ts): privileged, allowPrivilegeEscalation, capabilities.drop,
 *   readOnlyRootFilesystem, runAsUser, runAsNonRoot and seccompProfile of containers, seccompProfile of pods;
 * - an explicit bad value is overridden, with a warning, where its check (checks/) knows a value that works as well;
 * - anything else is refused, upon which nothing of the object is changed, unless `exceptions` or `containers` allow it
 *   with a reason.
 *
 * Pods further get automountServiceAccountToken, and an emptyDir at paths that their containers write to. Namespaces get
 * pod-security.kubernetes.io/enforce: the strictest level that all their pods meet then.
 */
export function transform(objects: KubernetesObject[], spec: SecurityContextEnforcerSpec): Finding[] {
  const kinds = customResources(spec)
  const tokenless = tokenlessAccounts(objects)
  const findings: Finding[] = []
  const needs: Need[] = []
  const names = new NamesInUse(spec)
  const harden = (object: KubernetesObject): Settled | undefined => {
    const workload = workloadOf(object)
    if (workload) return hardenWorkload(workload, spec, tokenless)
    const resource = kinds.get(kindOf(object))
    return resource && hardenResource(object, resource, spec)
  }
  for (const object of objects) {
    const settled = harden(object)
    if (!settled) continue
    findings.push(...settled.findings)
    names.add(object, settled.pods)
    // What is refused is in the build all the same, and is to meet the level once it is mended.
    needs.push({ object, level: settled.level ?? spec.level })
  }
  return [...findings, ...labelNamespaces(objects, needs, spec), ...names.unused(objects)]
}
