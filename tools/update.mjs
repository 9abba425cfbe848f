// `npm run update [PATH PART...]`: rewrites every file that follows from others, or only those whose path contains one
// of the given parts. Read the diff before you keep it. Ends with 2 if a part is in no path that was rewritten.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMPARING, GOLDENS } from '../test/support/goldens.cjs'

const GENERATED = /^(?:schemas\/|packages\/|docs\/|README\.md$|functions\/[^/]+\/README\.md$)/

const run = (program, args, env = {}) => {
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  return status === 0
}

const parts = process.argv.slice(2)
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
}).split('\n')
const contains = (part) => (file) => file.includes(part)
const isNamed = (file) => parts.length === 0 || parts.some((part) => contains(part)(file))
const isGolden = (file) => GOLDENS.some((golden) => golden.files.test(file))
const isGenerated = (file) => GENERATED.test(file) && !isGolden(file)

const nothing = (missing) => {
  process.stderr.write(`npm run update: no file that it writes has ${missing.join(' or ')} in its path\n`)
  process.exit(2)
}
const written = files.filter((file) => isGolden(file) || isGenerated(file))
const unknown = parts.filter((part) => !written.some(contains(part)))
if (unknown.length > 0) nothing(unknown)

const home = mkdtempSync(join(tmpdir(), 'update-'))
const log = join(home, 'refreshed')
writeFileSync(log, '')
const env = { REFRESHED_PATHS: parts.join('\n'), REFRESHED_LOG: log }
const jest = (suites, ...more) =>
  suites.length === 0 ||
  run(
    'npx',
    ['jest', '--silent', '--reporters=default', ...more, '--testPathPatterns', ...suites.map(({ tests }) => tests)],
    env,
  )

const wanted = GOLDENS.filter(
  ({ files: ours, slow }) => files.some((file) => ours.test(file) && isNamed(file)) && !(slow && parts.length === 0),
)
// What is generated shows examples, so the goldens come first.
const done = [
  jest(
    wanted.filter(({ whole }) => !whole),
    '--testNamePattern',
    COMPARING,
  ),
  jest(wanted.filter(({ whole }) => whole)),
  !files.some((file) => isGenerated(file) && isNamed(file)) || run('node', ['dist/generate.cjs', ...parts]),
]
const refreshed = [...readFileSync(log, 'utf8').split('\n').filter(Boolean), ...files.filter(isGenerated)]
rmSync(home, { recursive: true })
if (!done.every(Boolean)) process.exit(1)
const missed = parts.filter((part) => !refreshed.some(contains(part)))
if (missed.length > 0) nothing(missed)
