import type { FindingKind } from '../../lib/framework/finding.ts'

/** Findings about presets and about values that follow from replicas. */
export const deriveFindings = {
  'part-not-found': {
    severity: 'error',
    message: (what: string, meant: string) =>
      `found no ${what} in the build${meant}; name it there, or turn the part off`,
    means: 'A preset knows a part of a program, and the build has no object with its name.',
    why: 'The values that follow from this part would stay as they are in the manifests, perhaps wrong.',
    fix: 'Give the name of the object under presets.<preset>.parts.<part>, or write off there.',
  },
  'nothing-to-count': {
    severity: 'error',
    message: (name: string, meant: string) => `found nothing called ${name}${meant}`,
    means: 'A rule counts the replicas of a workload that the build does not have.',
    why: 'The value cannot be computed, and its target would keep an old number.',
    fix: 'Correct from: it is a name, Kind/name, or a pattern with *.',
  },
  'several-namespaces': {
    severity: 'error',
    message: (name: string, namespaces: string) => `found ${name} in ${namespaces}, expected it in one namespace`,
    means: 'What a rule counts is in more than one namespace.',
    why: 'The targets are looked up in the namespace of what is counted, so the rule is ambiguous.',
    fix: 'Use a name that only one namespace has, or write one rule for each build.',
  },
  'not-computable': {
    severity: 'error',
    message: (rule: string, problem: string) => `${rule}: ${problem}`,
    means: 'The member list of a rule cannot be made from what it counts and its template.',
    why: 'A list with wrong or missing members keeps a cluster from forming.',
    fix: 'Count a StatefulSet with a serviceName in a namespace, and give as many hosts as it has members where the template names {host}.',
  },
  'not-computed': {
    severity: 'info',
    message: (rule: string, count: string) => `${rule}: not computed from ${count}, which a placeholder gives`,
    means: 'The number of replicas is a placeholder, so no value can be computed from it.',
    why: 'The target keeps its value. Whoever fills in the placeholder must keep the two consistent.',
    fix: 'Write the number of replicas in the manifest or the policy.',
  },
  clamped: {
    severity: 'warning',
    message: (rule: string, factor: number, count: number, text: string) =>
      `${rule}: min(${factor}, ${count}) = ${count}: ${text} hold fewer copies than the factor`,
    means: 'A rule with min(factor, count) wrote fewer copies than the factor asks for.',
    why: 'Each datum has fewer copies than the environment promises.',
    fix: 'Raise the replicas to the factor, or accept fewer copies.',
  },
  'target-not-found': {
    severity: 'error',
    message: (target: string, namespace: string) =>
      `found no ${target} in namespace ${namespace}; add it, or correct the target`,
    means: 'A rule writes to an object that the build does not have.',
    why: 'The value would be written nowhere, and the program would run with another one.',
    fix: 'Correct the target of the rule, or add the object. A value of a preset is turned off with values.<value>: off.',
  },
  'placeholder-kept': {
    severity: 'info',
    message: (rule: string, value: string) =>
      `${rule}: found a placeholder, which stays because a later substitution fills it in; it should give ${value}`,
    means: 'The target of a rule is a placeholder, which is not overwritten.',
    why: 'The substitution decides. If it gives another value, the numbers contradict each other.',
    fix: 'Let the substitution give the value of the message, or write a value in the manifest.',
  },
  'path-too-short': {
    severity: 'error',
    message: (rule: string, found: string) =>
      `${rule}: found ${found}, expected the value to replace; the path ends above it, so make it longer`,
    means: 'The path of a target ends at a map or a list that holds more than the value.',
    why: 'Writing there would replace everything below the path.',
    fix: 'Continue the path down to the value itself.',
  },
  'contradicting-rules': {
    severity: 'error',
    message: (rule: string, value: string, other: string, otherValue: string) =>
      `${rule}: writes ${value}, and ${other} writes ${otherValue} there; remove one of the two, or turn it off`,
    means: 'Two rules write different values to one place.',
    why: 'The rule that runs last would win without a word.',
    fix: 'Remove one rule. A value of a preset is turned off with values.<value>: off.',
  },
  'cannot-write': {
    severity: 'error',
    message: (rule: string, problem: string) => `${rule}: ${problem}`,
    means:
      'The target exists, but the value cannot be written there: its path or line is not in the text, occurs twice, or is shared by an anchor.',
    why: 'The program would keep the value of its configuration, perhaps a wrong one.',
    fix: 'Write the place once in the configuration, with any value, or correct the path or the line of the target.',
  },
} as const satisfies Record<string, FindingKind>
