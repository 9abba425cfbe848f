import type { FindingKind } from '../../lib/framework/finding.ts'

/** Findings about topology spread. */
export const spreadFindings = {
  'min-domains-without-zone': {
    severity: 'error',
    message: (minDomains: number, zone: string) =>
      `spread: found minDomains ${minDomains} with zone ${zone}, expected zone: DoNotSchedule, without which the API refuses it`,
    means: 'The policy asks for a number of zones that it does not require.',
    why: 'The API rejects minDomains in a constraint that is not DoNotSchedule.',
    fix: 'Write zone: DoNotSchedule, or remove minDomains.',
  },
  'no-selector': {
    severity: 'warning',
    message: (lacks: string) => `has no spec.selector, which the API requires; it gets no ${lacks}`,
    means: 'A workload has no selector for its pods.',
    why: 'The API rejects the workload, and without a selector nothing can be written for its pods.',
    fix: 'Write spec.selector.',
  },
  'spread-selects-no-pod': {
    severity: 'error',
    message: (selector: string, labels: string) =>
      `spread: the selector ${selector} matches none of its pods; expected labels of its pods, ${labels}`,
    means: 'The selector of a spread matches no pod of the workload that it is for.',
    why: 'The scheduler would count other pods or none, so the pods of the workload are not spread.',
    fix: 'Use labels of the pod template, in the policy under spread.selector or in spec.selector of the workload.',
  },
  'written-spread-selects-nothing': {
    severity: 'warning',
    message: (topologyKey: string, selector: string) =>
      `spread across ${topologyKey}: the labelSelector ${selector} matches no pod of the build; expected labels of pods in its namespace`,
    means: 'A spread constraint of the manifest selects no pod.',
    why: 'The scheduler counts no pod, so the constraint has no effect.',
    fix: 'Use labels of the pod template in the labelSelector of the constraint.',
  },
  'spread-selects-others': {
    severity: 'warning',
    message: (topologyKey: string, selector: string, others: string) =>
      `spread across ${topologyKey}: the labelSelector ${selector} matches the pods of ${others}, and none of its own; expected labels of its pods`,
    means: 'A spread constraint of the manifest counts the pods of other workloads, and not those that it places.',
    why: 'The pods of the workload may all come to one node or zone, because the scheduler does not count them.',
    fix: 'Use labels of the pod template in the labelSelector of the constraint, or name it under workloads.<name>.spread in the policy.',
  },
  'affinity-selects-nothing': {
    severity: 'warning',
    message: (selector: string) =>
      `the labelSelector ${selector} matches no pod of the build; expected labels of pods in its namespace, or namespaces that say where they are`,
    means: 'An affinity or anti-affinity to pods selects none.',
    why: 'A required affinity to pods that do not exist keeps the pod from being scheduled; every other one has no effect.',
    fix: 'Correct the labelSelector, or give the namespaces of the pods that are meant.',
  },
  'anti-affinity-of-others': {
    severity: 'info',
    message: (selector: string, others: string) =>
      `the labelSelector ${selector} keeps its pods away from those of ${others}, and not from each other`,
    means: 'The anti-affinity of a workload selects the pods of other workloads alone.',
    why: 'Most anti-affinities are meant to keep the replicas of the workload itself apart, and these may share a node.',
    fix: 'Nothing, if the other workload is meant; else use labels of the pod template.',
  },
  'spread-without-selector': {
    severity: 'warning',
    message: (topologyKey: string, selector: string) =>
      `spread across ${topologyKey}: found no labelSelector, which selects no pod; expected ${selector}`,
    means: 'A spread constraint of the manifest has no labelSelector.',
    why: 'Without one the scheduler counts no pod, so the constraint has no effect; with matchLabelKeys the API refuses it.',
    fix: 'Write the selector of the workload as the labelSelector of the constraint.',
  },
  'repeated-spread': {
    severity: 'error',
    message: (count: number, kind: string) =>
      `found ${count} spread constraints across ${kind}, expected one: the API refuses more`,
    means: 'A pod template has two constraints with one topologyKey and one whenUnsatisfiable.',
    why: 'The API rejects the workload.',
    fix: 'Keep one of them.',
  },
} as const satisfies Record<string, FindingKind>
