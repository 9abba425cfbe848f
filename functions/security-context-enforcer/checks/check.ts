import type { SecurityContext } from '../pod/security-context.ts'
import type { ContainerView, Draft, Path, PodView } from '../pod/view.ts'

/**
 * The checks as people name them: one name for the baseline and the restricted form of a check.
 * Source: https://pkg.go.dev/k8s.io/pod-security-admission/policy
 */
export const CHECK_NAMES = [
  'allowPrivilegeEscalation',
  'appArmorProfile',
  'capabilities',
  'hostNamespaces',
  'hostPathVolumes',
  'hostPorts',
  'hostProbesAndHostLifecycle',
  'privileged',
  'procMount',
  'restrictedVolumes',
  'runAsNonRoot',
  'runAsUser',
  'seLinuxOptions',
  'seccompProfile',
  'sysctls',
  'windowsHostProcess',
] as const
export type CheckName = (typeof CHECK_NAMES)[number]

/** How an explicit bad value is overridden: a field of a securityContext set to a value, or an annotation removed. */
export type Repair = { draft: Draft; field: keyof SecurityContext; value: unknown } | { annotation: string }

/** A value that a level forbids, or an absence that it does not allow. */
export interface Violation {
  check: CheckName
  path: Path
  /** The container it stands in; none at pod level. */
  container?: ContainerView
  /** Undefined where nothing is set. */
  found: unknown
  /** What the level allows: completes "expected …". */
  expected: string
  /** What goes wrong otherwise, and how else to mend it. */
  advice?: string
  /** The field of `containers` by which the configuration asks for it. */
  knob?: string
  /** What to put in its place. Without it the value is kept, since any other would break the workload. */
  repair?: Repair
  /** The check that fails for the same cause and is reported in place of this one. */
  because?: CheckName
}

/** A violation as its check yields it; the check that people must except for it is the check itself unless it says so. */
export type CheckResult = Omit<Violation, 'check'> & { check?: CheckName }

/** One check of the Pod Security Standards, in the form that one level has of it. */
export interface Check {
  name: CheckName
  level: 'baseline' | 'restricted'
  /** Minor version of the policy from which it holds, where that is later than 1.25. */
  since?: number
  /** The baseline check in whose place a restricted one stands. */
  replaces?: Check
  violations(pod: PodView): Iterable<CheckResult>
}
