import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RESOURCES } from '../../../cli/status/resources.ts'
import { objectsOf, root } from '../../support/stacks.ts'

test('the ClusterRole in the documentation allows listing and watching what is read, and nothing else', () => {
  const [, text = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'docs/status.md'), 'utf8')) ?? []
  const [role] = objectsOf(text)
  const rules = role?.rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[]
  const allowed = rules.flatMap(({ apiGroups, resources }) =>
    apiGroups.flatMap((group) => resources.map((plural) => `${group}/${plural}`)),
  )
  expect(allowed.sort()).toEqual(RESOURCES.map(({ group, plural }) => `${group}/${plural}`).sort())
  for (const { verbs } of rules) expect(verbs).toEqual(['list', 'watch'])
})
