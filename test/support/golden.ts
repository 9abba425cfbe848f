import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { COMPARING, GOLDENS } from './goldens.cjs'

const root = join(__dirname, '../..')

/**
 * The text of a golden file, empty if there is none. `npm run update` (tools/update.mjs) first writes the actual text
 * to it, or removes it where that is empty, if its path is one of those to refresh. Throws in a test that would not be run then.
 */
export function golden(path: string, actual: string): string {
  const file = relative(root, path)
  const { currentTestName = '', testPath = '' } = expect.getState()
  const refusal = notUpdated(file, relative(root, testPath), currentTestName)
  if (refusal) throw new Error(refusal)
  const { REFRESHED_PATHS, REFRESHED_LOG } = process.env
  if (REFRESHED_PATHS?.split('\n').some((part) => file.includes(part))) {
    if (REFRESHED_LOG) appendFileSync(REFRESHED_LOG, `${file}\n`)
    if (actual === '') rmSync(path, { force: true })
    else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, actual)
    }
  }
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** Why a test may not write a file: `npm run update` would not run it. Undefined if it does. */
export function notUpdated(file: string, testFile: string, testName: string): string | undefined {
  const known = GOLDENS.find(({ files, tests }) => files.test(file) && testFile.startsWith(tests))
  if (!known) return `${file}: expected a row in test/support/goldens.cjs that says that ${testFile} writes it`
  if (known.whole || new RegExp(COMPARING).test(testName)) return undefined
  return `${testName}: expected a name that ends in "shows", because it compares with ${file}`
}
