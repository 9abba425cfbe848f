import type { FindingKind } from '../../lib/framework/finding.ts'

/** Findings about disruption budgets. */
export const budgetFindings = {
  'budget-exists': {
    severity: 'info',
    message: (budget: string) => `${budget} selects its pods already, so the budget of the policy is not used`,
    means: 'The policy describes a budget for this workload, and another budget selects its pods.',
    why: 'Nothing is wrong. A pod with two budgets could not be evicted at all, so the existing one stays.',
    fix: 'Remove workloads.<workload>.disruptionBudget, or remove the existing budget.',
  },
  'budget-selects-no-pod': {
    severity: 'error',
    message: (selector: string, labels: string) =>
      `disruption budget: the selector ${selector} matches none of its pods; expected labels of its pods, ${labels}`,
    means: 'The selector of a disruption budget matches no pod of the workload that it is for.',
    why: 'The pods would have no budget: a drain could evict all of them at once.',
    fix: 'Use labels of the pod template, in the policy under disruptionBudget.selector or in spec.selector of the workload.',
  },
  'contradicting-budgets': {
    severity: 'error',
    message: (one: string, other: string) =>
      `two workloads ask for this budget with ${one} and ${other}; give them one limit and one selector, or two names`,
    means: 'The policy gives the budgets of two workloads one name, but not one content.',
    why: 'There can only be one object of this name.',
    fix: 'Give both workloads the same limit and selector under disruptionBudget, or two names.',
  },
  'budget-name-taken': {
    severity: 'error',
    message: (found: string, expected: string) =>
      `found the selector ${found}, expected ${expected}: no budget selects the pods of the workload of this name; correct the selector, or give the budget of the workload another name`,
    means: 'A hand-written budget has the name of a workload and selects other pods.',
    why: 'The workload has no budget, although it looks as if it had one.',
    fix: 'Correct the selector of the budget, or write workloads.<workload>.disruptionBudget.name.',
  },
  'budget-narrowed': {
    severity: 'info',
    message: (selector: string, others: string) =>
      `the selector of its budget is narrowed to ${selector}: ${others} also ${others.includes(',') ? 'carry' : 'carries'} the labels of its selector, and without a scale they would block every eviction`,
    means:
      'The selector of a workload also reaches pods of a Job, a DaemonSet or a bare pod, so its budget got a narrower one.',
    why: 'The disruption controller finds no scale for such pods and then allows no disruption of any pod of the budget.',
    fix: 'Nothing, or give the workloads selectors that do not overlap.',
  },
  'budget-in-numbers': {
    severity: 'info',
    message: (written: string, limits: string, others: string) =>
      `its budget has ${written} in place of ${limits}: its selector, which the policy gives, also selects pods of ${others}, for which there is no scale`,
    means: 'The budget also selects pods without a scale, so its limit is written as a number of pods that must stay.',
    why: 'With maxUnavailable or a percentage, the disruption controller would allow no disruption at all.',
    fix: 'Leave the selector out of disruptionBudget, or use labels there that the other pods do not carry.',
  },
  'budget-without-scale': {
    severity: 'error',
    message: (limits: string, others: string) =>
      `${limits} blocks every eviction: the budget also selects the pods of ${others}, for which there is no scale; select other labels, or write minAvailable as a number`,
    means: 'A budget with maxUnavailable or a percentage also selects pods of a Job, a DaemonSet or a bare pod.',
    why: 'The disruption controller finds no scale for such pods and then allows no disruption of any pod of the budget: no node under them can be drained.',
    fix: 'Use a selector that leaves these pods out, such as matchExpressions with job-name DoesNotExist for those of Jobs, or write minAvailable as a number of pods.',
  },
  'budget-selects-nothing': {
    severity: 'warning',
    message: (selector: string) =>
      `its selector ${selector} selects no pod of the build; correct the selector, or remove the budget`,
    means: 'A hand-written budget selects no pod of the build.',
    why: 'It protects nothing, although it looks as if it protected something.',
    fix: 'Correct the selector, or remove the budget.',
  },
  'blocks-every-eviction': {
    severity: 'error',
    message: (limits: string, arithmetic: string) =>
      `${limits} blocks every eviction: ${arithmetic}, and no node under its pods can be drained; let at least 1 go`,
    means: 'A budget never lets a pod go.',
    why: 'Nodes under these pods cannot be drained, so upgrades of the cluster stop.',
    fix: 'Lower minAvailable or raise maxUnavailable until one pod may go, or run more replicas.',
  },
  'loses-the-majority': {
    severity: 'error',
    message: (
      limits: string,
      most: number,
      n: number,
      allowed: number,
      text: string,
      majority: number,
      isOne: boolean,
    ) =>
      `${limits} ${isOne ? 'lets' : 'let'} ${most} go at once, and floor((${n} - 1) / 2) = ${allowed} is the most: of ${text}, floor(${n} / 2) + 1 = ${majority} must stay to decide${isOne ? '' : '; give the members one budget, with one name and selector'}`,
    means: 'The budgets of a quorum allow so many evictions at once that no majority is left.',
    why: 'A drain of several nodes would stop the cluster from deciding: no writes, perhaps no reads.',
    fix: 'Lower the limit to the number of the message. Members that are several workloads need one budget, by name and selector.',
  },
  'several-budgets': {
    severity: 'error',
    message: (names: string) => `${names} are budgets for the same pods, which the eviction API refuses; keep one`,
    means: 'More than one budget selects the pods of a workload.',
    why: 'The eviction API refuses to evict a pod that several budgets select, so its node cannot be drained.',
    fix: 'Keep one of the budgets.',
  },
} as const satisfies Record<string, FindingKind>
