import * as z from 'zod/mini'
import { reasonSchema } from '../lib/framework/config.ts'
import type { CheckName } from './checks/check.ts'

/** What each check is about, as the reader of a policy needs to know it. */
const ABOUT: Readonly<Record<CheckName, string>> = {
  allowPrivilegeEscalation: 'containers may gain privileges',
  appArmorProfile: 'containers run under no AppArmor profile',
  capabilities: 'containers have capabilities',
  hostNamespaces: 'pods have hostNetwork, hostPID or hostIPC',
  hostPathVolumes: 'pods mount paths of their node',
  hostPorts: 'containers listen on ports of their node',
  hostProbesAndHostLifecycle: 'probes and lifecycle handlers call a host',
  privileged: 'containers are privileged',
  procMount: 'containers see all of /proc',
  restrictedVolumes: 'pods have volumes of any type, but hostPath',
  runAsNonRoot: 'pods do not say that they run as another user than root',
  runAsUser: 'pods run as root',
  seLinuxOptions: 'pods choose SELinux options',
  seccompProfile: 'containers run under no seccomp profile',
  sysctls: 'pods set unsafe sysctls',
  windowsHostProcess: 'containers are processes of a Windows node',
}

const allow = (about: string) => z.optional(reasonSchema).check(z.describe(`Why ${about}; left as the manifest has it`))

/** Checks that may fail for a workload, each with the reason why. */
export const exceptionsSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(ABOUT).map(([name, about]) => [name, allow(about)])) as Record<
      CheckName,
      ReturnType<typeof allow>
    >,
  )
  .check(z.describe('Checks that may fail in this workload'))
export type Exceptions = Partial<Record<CheckName, string>>
