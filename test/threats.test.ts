import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '..')

/** The rows of the tables whose last column says what shows them. */
const rows = ['THREATS.md', 'SECURITY.md'].flatMap((document) =>
  readFileSync(join(root, document), 'utf8')
    .split('\n\n')
    .filter((paragraph) => /^\|.*\| Shown by \|\n/.test(paragraph))
    .flatMap((table) => table.trim().split('\n').slice(2))
    .map((row) => ({ document, row })),
)

test('both documents have rows', () => {
  expect(new Set(rows.map(({ document }) => document)).size).toBe(2)
})

test.each(rows)('$document: $row', ({ row }) => {
  const shownBy = row.split('|').at(-2) ?? ''
  const files = [...shownBy.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
  expect(files).not.toEqual([])
  for (const file of files) {
    expect(file).toMatch(/^test\/.*\.test\.ts$/)
    expect([file, existsSync(join(root, file))]).toEqual([file, true])
  }
})
