import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { golden } from '../support/golden.ts'
import { DEFECTS } from './defects.ts'
import { reliabilityPage } from './page.ts'

const ROOT = join(__dirname, '../..')
const recorded = (file: string) => JSON.parse(readFileSync(join(__dirname, file), 'utf8'))
const sources = readdirSync(join(ROOT, 'functions'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.includes('examples/'),
)
const folders = [...new Set(sources.map((file) => dirname(join('functions', file))))].sort()

test('what the runs recorded is what the page shows', () => {
  const page = reliabilityPage(recorded('runs.json'), recorded('fuzz.json'), recorded('mutation.json'), folders)
  expect(page).toBe(golden(join(ROOT, 'docs/reliability.md'), page))
})

test.each(DEFECTS)('$was: its test is there', ({ test: file }) => {
  expect(existsSync(join(ROOT, file))).toBe(true)
})
