import type { Severity } from '../../lib/framework/finding.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { PolicySpec } from '../config-policy.ts'
import type { Tree } from '../tree/tree.ts'

/** One place in which an object breaks a rule. */
export interface Violation {
  object: KubernetesObject
  /** Path of the field, as messages write it. */
  path?: string
  /** The severity of this violation, if the rule has several. */
  severity?: Severity
  /** Completes "found …". Never a value that may be secret. */
  found: string
  /** Completes "expected …". */
  expected: string
  /** What to do about it. */
  advice?: string
  /** Changes the object so that it keeps the rule. Only where that is safe. */
  repair?: () => void
}

/** One convention, and what the policy, the messages and `krm-hardening explain` say about it. */
export interface Rule<Name extends string = string> {
  /** The key in `rules` and `exceptions`, and the name of its finding. */
  name: Name
  severity: Severity
  /** What an exception allows: completes "Why …". */
  means: string
  why: string
  fix: string
  violations(tree: Tree, policy: PolicySpec): Iterable<Violation>
}

/** Keeps the name of a rule literal, so that the policy can be typed by it. */
export const defineRule = <const Name extends string>(rule: Rule<Name>): Rule<Name> => rule
