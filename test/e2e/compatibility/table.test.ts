import { PINNED } from '../../../cli/kustomize/pinned.ts'
import { isNewEnough, OLDEST } from '../../../cli/kustomize/version.ts'
import { removeFolders } from '../../cli/lib/command-line.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { developmentStacks } from './lib/build.ts'
import { asTable, documentedTable, footnotes } from './lib/page.ts'
import { VERSIONS } from './lib/programs.ts'
import { COLUMNS, type Row } from './lib/row.ts'
import { argoCd } from './rows/argocd.ts'
import { withTheExecutable } from './rows/exec.ts'
import { withKpt } from './rows/kpt.ts'
import { withContainers } from './rows/kustomize.ts'
import { commandLine } from './rows/render.ts'

afterAll(removeFolders)

const ROWS: readonly Row[] = [commandLine, ...withContainers, ...withTheExecutable, ...withKpt, argoCd]

test('the versions begin with the oldest that the command line accepts', () => {
  expect(VERSIONS[0]).toMatch(new RegExp(`^${OLDEST}\\.`))
  expect(VERSIONS.filter((version) => !isNewEnough(version))).toEqual([])
  expect(VERSIONS).toContain(PINNED)
  expect(developmentStacks.length).toBeGreaterThan(2)
})

const rows: string[][] = []

describe.each(ROWS.map((row) => ({ ...row, version: row.version() })))('$program $version, $engine', (row) => {
  const seen = [row.program, row.version, row.engine]
  rows.push(seen)
  if (row.start) beforeAll(row.start, TIME_TO_BUILD)
  if (row.stop) afterAll(row.stop)

  for (const column of COLUMNS) {
    const cell = row.cells[column]
    test(`${column}: ${typeof cell === 'string' ? 'docs say why there is nothing to run' : 'as it should be'}`, async () => {
      if (typeof cell === 'string') expect(footnotes()).toContain(/\[\^(.*)\]/.exec(cell)?.[1])
      seen.push(typeof cell === 'string' ? cell : await cell())
    })
  }
})

test('docs/compatibility.md shows these results', () => {
  const columns = ['Program', 'Version', 'Engine', ...COLUMNS]
  expect(rows.filter((row) => row.length !== columns.length)).toEqual([])
  const table = asTable(columns, rows)
  expect(lessVersionsOfMachine(documentedTable(table))).toBe(lessVersionsOfMachine(table))
})

/** Another kubectl or kpt on this machine is no other table, as long as it does the same. */
const lessVersionsOfMachine = (table: string): string =>
  ROWS.filter(({ ofMachine }) => ofMachine).reduce(
    (less, { program }) => less.replaceAll(new RegExp(`^(\\| ${program} \\| )[^|]+`, 'gm'), '$1any '),
    table,
  )
