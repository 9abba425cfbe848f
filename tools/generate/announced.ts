import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { explainFinding } from '../../functions/explain.ts'
import '../../cli/findings.ts'

/** One kind of thing that builds announce. */
interface Row {
  what: string
  /** `function/example`, or a folder of test/ that a test runs. */
  example: string
  /** The id of a finding, `served` or `proposed`. */
  answer: string
}

interface Section {
  section: string
  rows: Row[]
}

/** The page that says what becomes of everything that builds announce. Throws for a row that its example does not show. */
export function announcedPage(root: string): string {
  const sections = parse(readFileSync(join(root, 'functions/hardening/announced.yaml'), 'utf8')) as Section[]
  return `${INTRODUCTION}${sections.map((section) => writeSection(root, section)).join('')}`
}

const INTRODUCTION = `# What a build announces

A build says more than its policy: a Service type, a monitor, a webhook, a volume. Each is either served, or named in a finding with
the line of policy that serves it. This table says which, and links the example that shows it. It is generated from
[announced.yaml](../functions/hardening/announced.yaml) by \`npm run update\`, which fails if an example is missing or shows something else.
`

const writeSection = (root: string, { section, rows }: Section): string => `
## ${section}

| The build has | Answer | Example |
| --- | --- | --- |
${rows.map((row) => `| ${row.what} | ${answerOf(root, row)} | ${exampleOf(row)} |\n`).join('')}`

const folderOf = ({ example }: Row): string =>
  example.startsWith('test/') ? example : `functions/${example.replace('/', '/examples/')}`

const exampleOf = (row: Row): string => `[${row.example.replace(/^.*\//, '')}](../${folderOf(row)})`

function answerOf(root: string, row: Row): string {
  const { answer, example } = row
  const read = (file: string): string | undefined => {
    const path = join(root, folderOf(row), file)
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  }
  if (!existsSync(join(root, folderOf(row)))) throw new Error(`${example}: found no such example`)
  if (answer === 'proposed') return shows(read('truth.yaml') !== undefined, row, answer)
  if (answer === 'served') {
    const said = read('findings.txt') ?? ''
    return shows(read('expected.yaml') !== undefined && !/^(?:error|warning): /m.test(said), row, answer)
  }
  if (!explainFinding(answer)) throw new Error(`${example}: found no finding ${answer}`)
  const said = read('findings.txt')
  const isSaid = said === undefined ? example.startsWith('test/') : said.includes(` ${answer}: `)
  return shows(isSaid, row, `[${answer}](findings.md#${answer.replaceAll('/', '')})`)
}

function shows(isShown: boolean, { what, example, answer }: Row, text: string): string {
  if (!isShown) throw new Error(`${what}: expected ${example} to show ${answer}`)
  return text
}
