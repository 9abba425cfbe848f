import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FUNCTIONS } from '../support/examples.ts'

test('the README links every example', () => {
  const folder = join(FUNCTIONS, 'replication-factor')
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const linked = [...readme.matchAll(/\]\(examples\/([\w-]+)\)/g)].map(([, name]) => name)
  expect(linked.toSorted()).toEqual(readdirSync(join(folder, 'examples')).sort())
})
