import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts'
import { appArmorProfile } from './app-armor-profile.ts'
import { capabilities } from './capabilities.ts'
import { hostNamespaces } from './host-namespaces.ts'
import { hostPathVolumes } from './host-path-volumes.ts'
import { hostPorts } from './host-ports.ts'
import { hostProbesAndHostLifecycle } from './host-probes-and-host-lifecycle.ts'
import { privileged } from './privileged.ts'
import { procMount } from './proc-mount.ts'
import { restrictedVolumes } from './restricted-volumes.ts'
import { runAsNonRoot } from './run-as-non-root.ts'
import { runAsUser } from './run-as-user.ts'
import { seLinuxOptions } from './se-linux-options.ts'
import { seccompProfile } from './seccomp-profile.ts'
import { sysctls } from './sysctls.ts'
import { windowsHostProcess } from './windows-host-process.ts'

/** Every check of the Pod Security Standards, one row each, in the order of their findings. */
export const checks = [
  privileged,
  hostNamespaces,
  hostPorts,
  hostPathVolumes,
  restrictedVolumes,
  hostProbesAndHostLifecycle,
  procMount,
  capabilities,
  allowPrivilegeEscalation,
  runAsUser,
  runAsNonRoot,
  seccompProfile,
  appArmorProfile,
  seLinuxOptions,
  sysctls,
  windowsHostProcess,
] as const

export type CheckName = (typeof checks)[number]['name']

/** The names of the checks, sorted, for the policy. */
export const CHECK_NAMES: readonly CheckName[] = checks.map(({ name }) => name).sort()
