import type { FieldPath } from '../../lib/kubernetes/objects.ts'
import type { SecurityContext } from '../pod/security-context.ts'
import type { ContainerView, Draft, PodView } from '../pod/view.ts'

/** How an explicit bad value is overridden: a field of a securityContext set to a value, or an annotation removed. */
export type Repair = { draft: Draft; field: keyof SecurityContext; value: unknown } | { annotation: string }

/** A value that a level forbids, or an absence that it does not allow. */
export interface Violation {
  /** Name of the check. */
  check: string
  path: FieldPath
  /** The container whose field it is; none at pod level. */
  container?: ContainerView
  /** Undefined where nothing is set. */
  found: unknown
  /** What messages say in place of a value that they must not print. */
  shown?: string
  /** What the level allows: completes "expected …". */
  expected: string
  /** What goes wrong otherwise, and how else to fix it. */
  advice?: string
  /** The field of `containers` that allows the value: completes "or set …". */
  knob?: string
  /** What to put in its place. Without it the value is kept, because any other would break the workload. */
  repair?: Repair
  /** The check that fails for the same cause and is reported instead of this one. */
  because?: string
}

/** A violation as its check yields it. It belongs to the check that yields it, unless it names another. */
export type CheckResult = Omit<Violation, 'check'> & { check?: string }

/** The form that a check has at one level. */
export interface CheckForm {
  level: 'baseline' | 'restricted'
  /** The first minor version of the policy that has this form, if that is later than 1.25. */
  since?: number
  /** A restricted form replaces the baseline form of the check with this name. */
  replaces?: string
  violations(pod: PodView): Iterable<CheckResult>
}

/**
 * One check of the Pod Security Standards, and what the policy, the messages and `krm-hardening explain` say about it.
 * Source: https://pkg.go.dev/k8s.io/pod-security-admission/policy
 */
export interface Check<Name extends string = string> {
  /** As admission names it: the key in `exceptions`. */
  name: Name
  /** What an exception allows: completes "Why …". */
  allows: string
  /** What becomes of an explicit bad value: `refuse` fails the build, `override` replaces it with a warning. */
  verdict: 'refuse' | 'override'
  means: string
  why: string
  fix: string
  forms: readonly CheckForm[]
}

/** Keeps the name of a check literal, so that the policy can be typed by it. */
export const defineCheck = <const Name extends string>(check: Check<Name>): Check<Name> => check
