import * as z from 'zod/mini'
// Outside of this repository: from 'krm-hardening'.
import { catalog, defineFindings, defineFunction, planOf } from '../../functions/index.ts'

const findings = defineFindings('team-label', {
  written: {
    severity: 'info',
    message: (team: string) => `belongs to ${team}`,
    means: 'The object got the label of its team.',
    why: 'Alerts go to the team.',
    fix: 'Nothing.',
  },
})

export const teamLabel = defineFunction({
  ...{ name: 'team-label', kind: 'TeamLabel', section: 'team', description: 'Labels every Namespace with its team' },
  schema: z.strictObject({ mode: z._default(z.enum(['mutate', 'validate']), 'mutate'), name: z.string() }),
  reads: (_spec, { kind }) => kind === 'Namespace',
  transform: (objects, { name }) =>
    objects
      .filter(({ kind }) => kind === 'Namespace')
      .map((object) => {
        object.metadata.labels = { ...object.metadata.labels, team: name }
        return findings.written({ object }, name)
      }),
})

/** The five, and this one after them. */
export const plan = planOf([...catalog, teamLabel])
