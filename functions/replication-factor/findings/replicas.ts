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
  'autoscaler-targets-nothing': {
    severity: 'warning',
    message: (target: string, hint: string) =>
      `found no ${target} in the build${hint}; correct the reference, unless another build has the workload`,
    means: 'An autoscaler targets a workload that is not in the build.',
    why: 'It scales nothing, so the workload that was meant keeps its number of pods.',
    fix: 'Correct scaleTargetRef, or move the autoscaler to the build of the workload.',
  },
  'autoscaler-targets-lender': {
    severity: 'warning',
    message: (lender: string, runner: string) =>
      `found ${lender}, whose pods ${runner} runs; expected ${runner}, because the other one is scaled down`,
    means: 'An autoscaler targets a workload that lends its pods to a Rollout by workloadRef.',
    why: 'The Rollout decides how many pods run and scales the other one down, so the autoscaler has no effect.',
    fix: 'Name the Rollout in scaleTargetRef: apiVersion argoproj.io/v1alpha1, kind Rollout.',
  },
  'reference-elsewhere': {
    severity: 'warning',
    message: (lender: string) =>
      `found no ${lender} in the build, from which it takes its pods: it gets no disruption budget and no spread; put both in one build`,
    means: 'A Rollout takes its pods by workloadRef from a workload that is not in the build.',
    why: 'Nothing here knows the labels of its pods, so no budget and no spread can be written for them.',
    fix: 'Correct workloadRef, or put the workload and the Rollout in one build.',
  },
} as const satisfies Record<string, FindingKind>
