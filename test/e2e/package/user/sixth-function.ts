import { readFileSync } from 'node:fs'
import { defineFunction, type Finding, type KubernetesObject, plan, run } from 'krm-hardening'
import * as z from 'zod/mini'

const teamLabel = defineFunction({
  name: 'team-label',
  kind: 'TeamLabel',
  section: 'teamLabel',
  description: 'Labels every object with its team.',
  schema: z.object({ mode: z.enum(['mutate', 'validate']) }),
  reads: () => true,
  transform: (objects: KubernetesObject[]): Finding[] => {
    for (const { metadata } of objects) metadata.labels = { ...metadata.labels, team: 'shop' }
    return []
  },
})

const withTeam: typeof plan = (policy) => [...plan(policy), { function: teamLabel, spec: { mode: 'mutate' } }]

run(readFileSync(0, 'utf8'), withTeam).then(({ stdout, stderr, exitCode }) => {
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
})
