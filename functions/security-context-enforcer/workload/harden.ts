import type { Workload } from '../../lib/kubernetes/workload.ts'
import { minorOf } from '../checks/levels.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import { refuseTypes, type Settled, settle } from '../enforce/all-or-nothing.ts'
import { policyFor } from '../enforce/settings.ts'
import { templateTypeErrors } from '../pod/type-check.ts'
import { viewOf } from '../pod/view.ts'
import { setToken, type TokenlessAccounts } from './service-account-token.ts'
import { mountWritable } from './writable-paths.ts'

/** Hardens the pod template of a workload, or reports why it cannot be. */
export function hardenWorkload(
  workload: Workload,
  spec: SecurityContextEnforcerSpec,
  tokenless: TokenlessAccounts,
): Settled {
  const { object, template } = workload
  const typeErrors = refuseTypes(object, templateTypeErrors(template))
  if (typeErrors.length > 0) return { findings: typeErrors, pods: [] }
  const policy = policyFor(object, spec)
  const pod = viewOf(template, minorOf(spec.version))
  const settled = settle(object, [pod], policy)
  if (settled.level !== undefined) {
    if (!pod.isWindows) mountWritable(template, policy)
    setToken(workload, spec.automountServiceAccountToken, tokenless)
  }
  return settled
}
