type Optional<T> = T | null

/** A seccompProfile or appArmorProfile. */
export interface Profile {
  type?: Optional<string>
  localhostProfile?: Optional<string>
}

export interface SeLinuxOptions {
  user?: Optional<string>
  role?: Optional<string>
  type?: Optional<string>
  level?: Optional<string>
}

/**
 * The fields of a pod's or a container's securityContext that this function reads, as manifests write them: null means
 * absent. Any value may also be a placeholder that is substituted later.
 */
export interface SecurityContext {
  privileged?: Optional<boolean>
  allowPrivilegeEscalation?: Optional<boolean>
  capabilities?: Optional<{ add?: Optional<string[]>; drop?: Optional<string[]> }>
  readOnlyRootFilesystem?: Optional<boolean>
  runAsUser?: Optional<number>
  runAsNonRoot?: Optional<boolean>
  seccompProfile?: Optional<Profile>
  appArmorProfile?: Optional<Profile>
  procMount?: Optional<string>
  seLinuxOptions?: Optional<SeLinuxOptions>
  sysctls?: Optional<{ name: string; value?: unknown }[]>
  windowsOptions?: Optional<{ hostProcess?: Optional<boolean>; runAsUserName?: Optional<string> }>
  fsGroup?: Optional<number>
  fsGroupChangePolicy?: Optional<string>
}

export const isSet = <T>(value: T): value is NonNullable<T> => value !== undefined && value !== null

/** Annotations that fields have replaced. They count on the pod template, never on the workload. */
export const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod'
export const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
export const APPARMOR_OF_CONTAINER = 'container.apparmor.security.beta.kubernetes.io/'
