import { defineFindings } from '../../lib/framework/finding.ts'
import { NAME } from '../name.ts'

/** The answers that work for a container whose program needs root. */
const keepRoot = (container: string): string =>
  `set omit: [runAsUser, runAsNonRoot] and a reason in ${container}, or the runAsUser that it works with`

const portsText = (ports: readonly number[]): string =>
  ports.length === 0 ? 'low ports' : `port ${ports.join(' and ')}`

/** Findings about the user that is filled in because neither the manifest nor the policy chose one. */
export const userFindings = defineFindings(NAME, {
  'user-of-privileged-container': {
    severity: 'error',
    message: (user: number, container: string) =>
      `found no user, and ${user} has none of the capabilities of a privileged container; ${keepRoot(container)}`,
    means: 'A container is privileged for a reason, and neither the manifest nor the policy names its user.',
    why: 'A user other than root has no effective capability, so the program could not do what it is privileged for.',
    fix: 'Set omit: [runAsUser, runAsNonRoot] and a reason in containers.<workload>/<container>, or runAsUser.',
  },
  'user-with-capabilities': {
    severity: 'error',
    message: (user: number, capabilities: readonly string[], container: string) =>
      `found no user, and ${user} does not get ${capabilities.join(' and ')}; ${keepRoot(container)}`,
    means: 'A container adds capabilities for a reason, and neither the manifest nor the policy names its user.',
    why: 'An added capability takes effect for root only: other users need file capabilities, which allowPrivilegeEscalation: false disables.',
    fix: 'Set omit: [runAsUser, runAsNonRoot] and a reason in containers.<workload>/<container>, or runAsUser.',
  },
  'user-outside-range': {
    severity: 'error',
    message: (user: number, range: string, workload: string) =>
      `found no user, and OpenShift refuses ${user}: the Namespace hands out users of ${range}; set runAsUser: off, for all or in ${workload}, or the user there that an SCC allows`,
    means: 'The Namespace says which users OpenShift hands out, and the user that is filled in is none of them.',
    why: 'The default SCC, restricted-v2, gives pods without a user one of the range and refuses pods with another.',
    fix: 'Set runAsUser: off, so that OpenShift chooses the user. If the account may use an SCC that allows the user, name it in workloads.<workload>.runAsUser.',
  },
  'user-binds-low-port': {
    severity: 'warning',
    message: (user: number, ports: readonly number[], container: string) =>
      `${user} is filled in, which binds ${portsText(ports)} only if the runtime opens ports below 1024 to all users, with NET_BIND_SERVICE or without; listen on a port above 1023, set the sysctl net.ipv4.ip_unprivileged_port_start of the pod, or name the user in ${container}.runAsUser if the runtime does`,
    means:
      'A container declares a port below 1024 or adds NET_BIND_SERVICE, and neither the manifest nor the policy names its user.',
    why: 'A user other than root does not get NET_BIND_SERVICE. It binds ports below 1024 only if net.ipv4.ip_unprivileged_port_start allows it, as many runtimes do today.',
    fix: 'Let the program listen on a port above 1023, set that sysctl in the pod, or set runAsUser in containers.<workload>/<container>.',
  },
  'user-of-device': {
    severity: 'warning',
    message: (user: number, device: string, container: string) =>
      `${user} is filled in, and may not be allowed to open the device of ${device}; ${keepRoot(container)}`,
    means: 'A container asks for a device or a block volume, and neither the manifest nor the policy names its user.',
    why: 'In the container the device has the owner that it has on the node, usually root, unless the runtime sets device_ownership_from_security_context. fsGroup does not change it.',
    fix: 'Set runAsUser in containers.<workload>/<container> if that user may open the device, or omit: [runAsUser, runAsNonRoot] and a reason.',
  },
  'user-of-host-path': {
    severity: 'error',
    message: (user: number, volume: string, container: string) =>
      `found no user, and ${user} does not own the hostPath of volume ${volume}; ${keepRoot(container)}`,
    means: 'A container mounts a path of its node, and neither the manifest nor the policy names its user.',
    why: 'Files of a node belong to root or to a user of the node, so a user that nobody chose cannot write them.',
    fix: 'Set omit: [runAsUser, runAsNonRoot] and a reason in containers.<workload>/<container>, or the runAsUser that owns the files.',
  },
  'user-reads-host-path': {
    severity: 'warning',
    message: (user: number, volume: string, container: string) =>
      `${user} is filled in, and may not be allowed to read the hostPath of volume ${volume}; ${keepRoot(container)}`,
    means: 'A container reads a path of its node, and neither the manifest nor the policy names its user.',
    why: 'Many files of a node can be read by root only.',
    fix: 'Set runAsUser in containers.<workload>/<container> if that user can read the files, or omit: [runAsUser, runAsNonRoot] and a reason.',
  },
  'user-of-volume': {
    severity: 'warning',
    message: (user: number, volume: string, workload: string) =>
      `${user} is filled in, and may not be allowed to write volume ${volume}, because the pod has no fsGroup; set fsGroup or runAsUser in ${workload}, or fsGroup: off if the volume is writable without it`,
    means:
      'A container writes to a persistent volume, neither the manifest nor the policy names its user, and the pod has no fsGroup.',
    why: 'A fresh volume usually belongs to root, and files on an old one to whichever user wrote them.',
    fix: 'Set fsGroup, or the runAsUser of the image, in workloads.<workload>. Set fsGroup: off if the volume is writable without a group.',
  },
  'user-of-files': {
    severity: 'warning',
    message: (user: number, volume: string, workload: string) =>
      `${user} is filled in, and may not be allowed to read volume ${volume}, because its mode shuts out other users and the pod has no fsGroup; set fsGroup or runAsUser in ${workload}, or a mode such as 0444`,
    means:
      'A container mounts files whose mode only lets their owner read them, neither the manifest nor the policy names its user, and the pod has no fsGroup.',
    why: 'Files of Secrets and ConfigMaps belong to root unless the pod has an fsGroup.',
    fix: 'Set fsGroup or runAsUser in workloads.<workload>, or a mode in the manifest that lets other users read.',
  },
  'windows-administrator': {
    severity: 'error',
    message: (name: string, config: string) =>
      `found ${name}, the administrator, where the level demands runAsNonRoot: true; set ContainerUser, or allow it with a reason in ${config}`,
    means: 'A Windows container runs as ContainerAdministrator.',
    why: 'The level demands runAsNonRoot: true, with which the kubelet answers CreateContainerConfigError for ContainerAdministrator. It does not recognise User Manager\\ContainerAdministrator, which would run with all rights.',
    fix: 'Set runAsUserName: ContainerUser, or give a reason in exceptions.<workload>.runAsNonRoot.',
  },
})
