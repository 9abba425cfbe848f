import type { FindingKind } from '../../lib/framework/finding.ts'
import { unknownKey } from '../../lib/framework/unknown-keys.ts'

/** Findings about the names of the policy, its exceptions and the replicas that it sets. */
export const replicasFindings = {
  'unknown-key': unknownKey,
  exception: {
    severity: 'info',
    message: (workload: string, what: string, reason: string) => `${workload}: ${what}: ${reason}`,
    means: 'The policy makes an exception for this workload and gives the reason.',
    why: 'Nothing is wrong. Exceptions are listed so that somebody can review them; they are also annotated on the object.',
    fix: 'Nothing, or remove the entry of the policy when its reason no longer holds.',
  },
  'placeholder-replicas': {
    severity: 'info',
    message: (path: string, placeholder: string, wanted: number) =>
      `${path} is the placeholder ${placeholder}, so the ${wanted} of the policy is not written over it`,
    means: 'The manifest leaves the number of replicas to a later substitution, and the policy names a number too.',
    why: 'The substitution decides. If it gives another number than the policy, values that follow from it are wrong.',
    fix: 'Remove the entry under replicas, or write a number in the manifest.',
  },
  'replicas-with-autoscaler': {
    severity: 'warning',
    message: (found: string, autoscaler: string) =>
      `found ${found}, although ${autoscaler} decides the number: every apply undoes what it decided; remove the field`,
    means: 'A workload that an autoscaler scales also has spec.replicas in its manifest.',
    why: 'Every apply sets the number back to the one in the manifest, and the autoscaler then changes it again.',
    fix: 'Remove spec.replicas from the manifest.',
  },
  'autoscaler-below-replicas': {
    severity: 'error',
    message: (workload: string, min: number, wanted: number) =>
      `found ${min}, expected at least ${wanted}: the policy gives ${workload} ${wanted} replicas, and ${min} < ${wanted}; raise it, because replicas are not set where an autoscaler has them`,
    means: 'The policy asks for more replicas than the autoscaler of the workload keeps at least.',
    why: 'The autoscaler may scale the workload below the number that the policy asks for.',
    fix: 'Raise the minimum of the autoscaler, or lower the number under replicas.',
  },
} as const satisfies Record<string, FindingKind>
