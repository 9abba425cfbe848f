import { defineFindings } from '../../lib/framework/finding.ts'
import { unknownKey } from '../../lib/framework/unknown-keys.ts'
import { NAME } from '../name.ts'

/** Findings about pods that no check of the Pod Security Standards makes. */
export const podFindings = defineFindings(NAME, {
  'unknown-key': unknownKey,
  mistyped: {
    severity: 'error',
    message: (mistyped: string) => mistyped,
    means: 'A field holds a value of another type than the API expects.',
    why: 'The API refuses the object, and a quoted boolean is easily misread as what it spells.',
    fix: 'Write the value with the type that the message names, for example without quotes.',
  },
  'several-volume-sources': {
    severity: 'error',
    message: (sources: readonly string[]) =>
      `found ${sources.join(' and ')}, expected one source, or the API refuses it`,
    means: 'A volume has more than one source.',
    why: 'Admission looks at one of them, and the API refuses the object.',
    fix: 'Keep one source.',
  },
  'replaced-by-policy': {
    severity: 'warning',
    message: (found: string, to: string | undefined) =>
      `found ${found}, ${to === undefined ? 'removed' : `set to ${to}`}, as containers says`,
    means: 'The policy has a value for a container that differs from the one in the manifest.',
    why: 'The manifest alone no longer shows what runs.',
    fix: 'Set the value in the manifest too, or remove the entry in containers.',
  },
  'stale-annotation': {
    severity: 'warning',
    message: () => 'found another profile, removed, because the field that replaces the annotation is now set',
    means: 'An old annotation for seccomp or AppArmor contradicts the field that was set.',
    why: 'The API refuses a pod whose annotation and field differ.',
    fix: 'Remove the annotation from the manifest, and set the field if another profile is needed.',
  },
  'weakened-container': {
    severity: 'info',
    message: (difference: string, reason: string) => `${difference}: ${reason}`,
    means: 'An entry in containers asks for less than every other container gets, and gives a reason.',
    why: 'Reviewers should see each exception, even one that no standard forbids.',
    fix: 'Nothing, as long as the reason holds. Otherwise remove the entry.',
  },
  'writable-root': {
    severity: 'warning',
    message: (found: string) =>
      `found ${found}, which is kept, because the program may write to its root file system; set it to true, with writable paths, or give a reason in containers`,
    means: 'The manifest says that the root file system of a container is writable.',
    why: 'Whoever takes over the program can replace the files of the image. No standard forbids it, so the value is kept.',
    fix: 'Set readOnlyRootFilesystem: true and name the writable paths in containers, or set it to false there with a reason.',
  },
  'undeclared-windows': {
    severity: 'warning',
    message: () => 'selects Windows nodes without declaring it, which exempts from nothing; set os.name: windows',
    means: 'A pod selects Windows nodes but does not set os.name.',
    why: 'Admission exempts a pod from Linux checks only if it declares Windows, and Windows nodes reject Linux fields.',
    fix: 'Set spec.os.name: windows in the pod.',
  },
  'ephemeral-containers': {
    severity: 'warning',
    message: () =>
      'cannot be applied: the API accepts ephemeral containers through their subresource only; remove them',
    means: 'A manifest contains ephemeral containers, probably because it was exported from a cluster.',
    why: 'The API refuses to create a pod with them.',
    fix: 'Remove ephemeralContainers from the manifest.',
  },
  'no-effect-on-windows': {
    severity: 'warning',
    message: () => 'the pod declares Windows, where the API refuses the fields that containers sets; nothing is set',
    means: 'An entry in containers sets Linux fields for a container of a Windows pod.',
    why: 'The entry has no effect: the API would refuse the fields.',
    fix: 'Remove the entry in containers.',
  },
  'no-effect-in-custom-resource': {
    severity: 'warning',
    message: () => 'containers names writable paths, which cannot be mounted in a custom resource; nothing is mounted',
    means: 'An entry in containers names writable paths for a container that an operator creates.',
    why: 'The paths stay read-only if the root file system is.',
    fix: 'Mount a volume by the fields that the custom resource has for it, and remove writable.',
  },
  'unwritable-mount': {
    severity: 'error',
    message: (path: string, volume: string, mount: string) =>
      `${path} cannot be made writable, because ${volume} is mounted at ${mount}; remove it from writable, or mount a volume that can be written`,
    means:
      'The policy says that a path is writable, but a volume that can never be written is mounted there or above it.',
    why: 'The program would fail when it writes to the path, or the container would not start.',
    fix: 'Remove the path from writable in containers, or mount another volume there in the manifest.',
  },
  'unknown-pods': {
    severity: 'warning',
    message: (paths: readonly string[], type: string) =>
      `has pods at ${paths.join(' and ')} and is of a kind that is not known, so they are not hardened and do not count for the level of their Namespace; say in customResources["${type}"] where their security contexts are or which level they meet`,
    means: 'A custom resource has a pod template, and its kind is neither built in nor in customResources.',
    why: 'Its pods run as they are written. Where the Namespace enforces the level of the other pods, admission may refuse them.',
    fix: 'Describe the kind in customResources, with harden: true to set security contexts in it, or with the level that its pods meet.',
  },
  'token-without-binding': {
    severity: 'info',
    message: (account: string, isMounted: boolean) =>
      isMounted
        ? `found no binding of ServiceAccount ${account} in the build; its token is mounted all the same, because a binding may be elsewhere`
        : `found no binding of ServiceAccount ${account} in the build, so no token is mounted; list the account in boundServiceAccounts if its binding is elsewhere`,
    means:
      'A pod names a ServiceAccount, and no RoleBinding or ClusterRoleBinding of the build gives that account rights.',
    why: 'A token without rights only helps whoever steals it. A binding that another build contains is not visible here.',
    fix: 'Set automountServiceAccountToken: bound to mount tokens of bound accounts only, and list in boundServiceAccounts the accounts whose bindings are elsewhere.',
  },
  'unused-exception': {
    severity: 'warning',
    message: (exception: string) => `${exception} allows something that nothing here does; remove it`,
    means: 'The policy has an exception for a check that the workload passes.',
    why: 'An exception that nobody needs hides the next violation.',
    fix: 'Remove the exception.',
  },
})
