import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import '../cli/findings.ts'
import { explainedFindings, explainFinding } from '../functions/explain.ts'

const page = readFileSync(join(__dirname, '../docs/findings.md'), 'utf8')
const all = explainedFindings()

test.each(all)('$id is explained, and its page is the generated one', ({ id, severity, means, why, fix }) => {
  expect(id).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  for (const sentence of [means, why, fix]) expect(sentence).toMatch(/[.]$/)
  expect(page).toContain(`### ${id}\n\n${severity}: ${means}`)
})

/** Findings that no example folder can produce: they take input that is no list of manifests, a rendering, a whole environment or a broken program. */
const WITHOUT_EXAMPLE =
  /^(?:check|input|runner|verify)\/|^policy\/(?:missing|unknown-kind)$|^flows\/(?:no-such-(?:caller|destination)|many-pairs|not-checked|unneeded-elsewhere)$|^flux-conventions\/(?:build|remote-resource)$/
test.each(all.filter(({ id }) => !WITHOUT_EXAMPLE.test(id)))('$id has an example', ({ id }) => {
  const [, entry = ''] = page.split(`### ${id}\n`)
  expect(entry.split('\n### ')[0]).toMatch(/^Example \[/m)
})

test('an id that nothing has is not explained', () => {
  expect(explainFinding('nobody/knows')).toBeUndefined()
  expect(explainFinding('objects/changed')).toMatchObject({ severity: 'info' })
})
