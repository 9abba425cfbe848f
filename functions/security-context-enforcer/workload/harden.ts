import type { Workload } from '../../lib/kubernetes/workload.ts'
import { minorOf } from '../checks/levels.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import { enforceAll, type Hardened, refuseTypes } from '../enforce/all-or-nothing.ts'
import { settingsFor } from '../enforce/settings.ts'
import { severalSources, templateTypeErrors } from '../pod/type-check.ts'
import { viewOf } from '../pod/view.ts'
import { setToken, type TokenlessAccounts } from './service-account-token.ts'
import { mountWritable } from './writable-paths.ts'

/** Hardens the pod template of a workload, or reports why it is refused. */
export function hardenWorkload(
  workload: Workload,
  spec: SecurityContextEnforcerSpec,
  tokenless: TokenlessAccounts,
  functionName: string,
): Hardened {
  const { object, template } = workload
  const typeErrors = refuseTypes(object, templateTypeErrors(template))
  if (typeErrors.length > 0) return { findings: typeErrors, pods: [] }
  const settings = settingsFor(object, spec, functionName)
  const pod = viewOf(template, minorOf(spec.version))
  const sources = severalSources(pod)
  if (sources.length > 0) return { findings: sources, pods: [pod] }
  const hardened = enforceAll(object, [pod], settings)
  if (hardened.level !== undefined) {
    if (!pod.isWindows) mountWritable(template, settings)
    setToken(workload, spec.automountServiceAccountToken, tokenless)
  }
  return hardened
}
