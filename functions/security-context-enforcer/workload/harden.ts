import type { Workload } from '../../lib/kubernetes/workload.ts'
import { minorOf } from '../checks/levels.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import { enforceAll, type Hardened } from '../enforce/all-or-nothing.ts'
import { refuseTypes, severalSources } from '../enforce/malformed.ts'
import { type Run, settingsFor } from '../enforce/settings.ts'
import { templateTypeErrors } from '../pod/type-check.ts'
import { viewOf } from '../pod/view.ts'
import { type ServiceAccounts, setToken } from './service-account-token.ts'
import { judgeWritable, mountWritable } from './writable-paths.ts'

/** Hardens the pod template of a workload, or reports why it is refused. */
export function hardenWorkload(
  workload: Workload,
  spec: SecurityContextEnforcerSpec,
  accounts: ServiceAccounts,
  run: Run,
): Hardened {
  const { object, template } = workload
  const typeErrors = refuseTypes(object, templateTypeErrors(template))
  if (typeErrors.length > 0) return { findings: typeErrors, pods: [] }
  const settings = settingsFor(object, spec, run)
  const pod = viewOf(template, minorOf(spec.version))
  const sources = severalSources(pod)
  if (sources.length > 0) return { findings: sources, pods: [pod] }
  const hardened = enforceAll(object, [pod], settings, [judgeWritable(pod, settings)])
  if (hardened.level === undefined) return hardened
  if (!pod.isWindows) mountWritable(template, settings)
  return { ...hardened, findings: [...hardened.findings, ...setToken(workload, spec, accounts)] }
}
