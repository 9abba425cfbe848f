import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FUNCTIONS } from '../support/examples.ts'

const folder = join(FUNCTIONS, 'replication-factor')
const readme = readFileSync(join(folder, 'README.md'), 'utf8')

test.each(readdirSync(join(folder, 'examples')))('the README links %s with the sentence of its policy', (name) => {
  const policy = readFileSync(join(folder, 'examples', name, 'policy.yaml'), 'utf8')
  const [, sentence] = /^# (.+)$/m.exec(policy.split('\n')[0] ?? '') ?? []
  expect(sentence).toMatch(/\.$/)
  expect(readme).toContain(`- [${name}](examples/${name}): ${sentence}\n`)
})

test('the README links no other example', () => {
  const linked = [...readme.matchAll(/\]\(examples\/([\w-]+)\)/g)].map(([, name]) => name)
  expect(linked.toSorted()).toEqual(readdirSync(join(folder, 'examples')).sort())
})
