import { defineFindings } from '../../lib/framework/finding.ts'
import type { Level } from '../checks/levels.ts'
import { NAME } from '../name.ts'

/** Findings about Namespaces and the level that they enforce. */
export const namespaceFindings = defineFindings(NAME, {
  'level-too-strict': {
    severity: 'error',
    message: (config: string, level: Level, pods: string, computed: Level) =>
      `${config}.level is ${level}, at which admission rejects the pods of ${pods}; expected ${computed}: lower the level, or fix the pods`,
    means: 'The policy sets a level for a namespace that pods of the build do not meet.',
    why: 'Admission would reject those pods, and their workloads would never become ready.',
    fix: 'Lower namespaces.<name>.level, or fix the pods that the message names.',
  },
  'label-too-strict': {
    severity: 'error',
    message: (found: Level, pods: string, computed: Level) =>
      `found ${found}, at which admission rejects the pods of ${pods}; expected ${computed}: remove the label, or fix the pods`,
    means: 'The enforce label in the manifest is stricter than pods of the build meet.',
    why: 'Admission would reject those pods, and their workloads would never become ready.',
    fix: 'Remove the label so that the level is computed, or fix the pods that the message names.',
  },
  'level-too-lax': {
    severity: 'error',
    message: (config: string, level: Level, computed: Level) =>
      `${config}.level is ${level}, although every pod in the build meets ${computed}; expected ${computed}, or a reason in ${config}.reason`,
    means: 'The policy sets a laxer level for a namespace than its pods need, without a reason.',
    why: 'Admission would let in pods that the build does not contain and that nobody hardened.',
    fix: 'Remove namespaces.<name>.level, or add namespaces.<name>.reason.',
  },
  'label-replaced': {
    severity: 'warning',
    message: (found: string, to: string) => `found ${found}, set to ${to}`,
    means: 'A Pod Security label of the manifest was replaced.',
    why: 'The manifest enforced a laxer level, or judged by another version of the policy.',
    fix: 'Set the label to this value in the manifest, or remove it.',
  },
  'level-configured': {
    severity: 'info',
    message: (level: Level, reason: string) => `enforces ${level}: ${reason}`,
    means: 'A namespace enforces the level that the policy sets, for the reason that it gives.',
    why: 'Reviewers should see each exception.',
    fix: 'Nothing, as long as the reason holds.',
  },
  'level-computed': {
    severity: 'info',
    message: (level: Level, pods: string) => `enforces ${level}, the strictest level that the pods of ${pods} meet`,
    means: 'A namespace enforces less than was asked for, because some of its pods need more.',
    why: 'All other pods of the namespace are admitted at this level too.',
    fix: 'Fix the pods that the message names, or move them to a namespace of their own.',
  },
  'namespace-without-pods': {
    severity: 'warning',
    message: (level: Level, config: string) =>
      `enforces ${level}, although the build contains none of its pods; if pods from elsewhere need less, say so in ${config}.level`,
    means: 'A namespace gets the strictest level, because the build shows no pod that needs less.',
    why: 'If another build deploys pods there that need less, admission rejects them.',
    fix: 'Set namespaces.<name>.level, or the label in the manifest.',
  },
})
