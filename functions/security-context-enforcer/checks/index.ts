import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts'
import { appArmorProfile } from './app-armor-profile.ts'
import { capabilitiesBaseline, capabilitiesRestricted } from './capabilities.ts'
import type { Check } from './check.ts'
import { hostNamespaces } from './host-namespaces.ts'
import { hostPathVolumes } from './host-path-volumes.ts'
import { hostPorts } from './host-ports.ts'
import { hostProbesAndHostLifecycle } from './host-probes-and-host-lifecycle.ts'
import { privileged } from './privileged.ts'
import { procMountBaseline, procMountRestricted } from './proc-mount.ts'
import { restrictedVolumes } from './restricted-volumes.ts'
import { runAsNonRoot } from './run-as-non-root.ts'
import { runAsUser } from './run-as-user.ts'
import { seLinuxOptions } from './se-linux-options.ts'
import { seccompProfileBaseline, seccompProfileRestricted } from './seccomp-profile.ts'
import { sysctls } from './sysctls.ts'
import { windowsHostProcess } from './windows-host-process.ts'

/** Every check of the Pod Security Standards, in the order in which findings come. */
export const checks: readonly Check[] = [
  privileged,
  hostNamespaces,
  hostPorts,
  hostPathVolumes,
  restrictedVolumes,
  hostProbesAndHostLifecycle,
  procMountBaseline,
  procMountRestricted,
  capabilitiesBaseline,
  capabilitiesRestricted,
  allowPrivilegeEscalation,
  runAsUser,
  runAsNonRoot,
  seccompProfileBaseline,
  seccompProfileRestricted,
  appArmorProfile,
  seLinuxOptions,
  sysctls,
  windowsHostProcess,
]
