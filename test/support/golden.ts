import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(__dirname, '../..')

/**
 * The text of a golden file, empty if there is none. `npm run update` (tools/update.mjs) first writes the actual text
 * to it, or removes it where that is empty, if its path is one of those to refresh.
 */
export function golden(path: string, actual: string): string {
  const refreshed = process.env.REFRESHED_PATHS?.split('\n').some((part) => relative(root, path).includes(part))
  if (refreshed && actual === '') rmSync(path, { force: true })
  else if (refreshed) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
  }
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
