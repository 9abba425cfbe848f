// `npm run bench [-- CASES] [--json] [--page]`: speed as ratios to what nobody can avoid, measured side by side. Cases are
// the files of bench/cases; all of them run if none is named, and one that fails stops no other. --page writes docs/speed.md.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { notMeasured, rows, say } from './lib/context.mjs'
import { writePage } from './lib/page.mjs'

const CASES = readdirSync(join(import.meta.dirname, 'cases')).map((file) => file.replace('.mjs', ''))
const options = process.argv.slice(2).filter((word) => word.startsWith('--'))
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const unknown = [
  ...named.filter((name) => !CASES.includes(name)),
  ...options.filter((option) => option !== '--json' && option !== '--page'),
]
if (unknown.length > 0) {
  say(`error: ${unknown.join(', ')}: expected cases among ${CASES.join(', ')}, --json or --page`)
  process.exit(2)
}

const sections = []
for (const name of named.length > 0 ? named : CASES) {
  const before = rows.length
  const { default: run, title } = await import(`./cases/${name}.mjs`)
  try {
    await run()
  } catch (cause) {
    notMeasured(title, cause.message.split('\n')[0])
    process.exitCode = 1
  }
  sections.push({ title, rows: rows.slice(before) })
}
if (options.includes('--page')) writePage(sections)
if (options.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
// biome-ignore lint/suspicious/noConsole: the table is what this program is for
else console.table(rows)
