import { defineFindings } from '../../lib/framework/finding.ts'
import { NAME } from '../name.ts'

/** Findings about commands that work for root alone. */
export const commandFindings = defineFindings(NAME, {
  'command-needs-root': {
    severity: 'warning',
    message: (program: string, capabilities: readonly string[], container: string) =>
      `its command runs ${program}, which needs root and ${capabilities.join(' and ')}; set fsGroup if it is for a volume, or omit: [runAsUser, runAsNonRoot], addCapabilities: [${capabilities.join(', ')}] and a reason in ${container}`,
    means: 'The command of a container changes owners or users, and the hardened container may do neither.',
    why: 'The program fails: only root with the capability may do this, and drop: [ALL] takes the capability from root too.',
    fix: 'Let fsGroup give the volume to the program, or set omit: [runAsUser, runAsNonRoot], addCapabilities and a reason in containers.<workload>/<container>.',
  },
  'command-changes-image': {
    severity: 'warning',
    message: (program: string, container: string) =>
      `its command runs ${program}, which changes files of the image; use an image that has what it adds, or set omit: [runAsUser, runAsNonRoot], readOnlyRootFilesystem: false and a reason in ${container}`,
    means: 'The command of a container installs packages or makes users before it starts its program.',
    why: 'The program fails: its user is not root, and the root file system is read-only.',
    fix: 'Build an image that contains what the command adds.',
  },
})
