import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../support/stacks.ts'

const PAGE = join(root, 'docs/compatibility.md')
const GENERATED = /(?<=<!-- table:start -->\n)[\s\S]*?(?=<!-- table:end -->)/

export const asTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')

/** The table that docs/compatibility.md shows. UPDATE_DOCS=1 puts the given one there; read the diff before you keep it. */
export function documentedTable(actual: string): string {
  const page = readFileSync(PAGE, 'utf8')
  if (!GENERATED.test(page)) throw new Error(`${PAGE}: expected <!-- table:start --> and <!-- table:end -->`)
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page.replace(GENERATED, actual))
  return GENERATED.exec(readFileSync(PAGE, 'utf8'))?.[0] ?? ''
}

/** The names of the footnotes that docs/compatibility.md explains. */
export const footnotes = (): string[] =>
  [...readFileSync(PAGE, 'utf8').matchAll(/^\[\^([\w-]+)\]: /gm)].map(([, name = '']) => name)
