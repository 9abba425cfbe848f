import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { golden } from '../../../support/golden.ts'
import { root } from '../../../support/stacks.ts'

const PAGE = join(root, 'docs/compatibility.md')
const GENERATED = /(?<=<!-- table:start -->\n)[\s\S]*?(?=<!-- table:end -->)/

export const asTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')

/** The table that docs/compatibility.md shows. `npm run update docs/compatibility.md` first puts the actual one there. */
export function documentedTable(actual: string): string {
  const page = readFileSync(PAGE, 'utf8')
  if (!GENERATED.test(page)) throw new Error(`${PAGE}: expected <!-- table:start --> and <!-- table:end -->`)
  return GENERATED.exec(golden(PAGE, page.replace(GENERATED, actual)))?.[0] ?? ''
}

/** The names of the footnotes that docs/compatibility.md explains. */
export const footnotes = (): string[] =>
  [...readFileSync(PAGE, 'utf8').matchAll(/^\[\^([\w-]+)\]: /gm)].map(([, name = '']) => name)
