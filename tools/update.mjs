// `npm run update [PATH PART...]`: rewrites every file that follows from others, or only those whose path contains one
// of the given parts. Read the diff before you keep it.
import { execFileSync, spawnSync } from 'node:child_process'

/** Which golden files which tests write: the tests whose name says that they compare with what is shown. */
const GOLDENS = [
  { files: /^functions\/[^/]+\/examples\//, tests: 'test/examples.test.ts' },
  { files: /^test\/golden\/components\//, tests: 'test/components/' },
  { files: /^test\/golden\/(?!components\/)/, tests: 'test/stacks/stacks.test.ts' },
  { files: /^test\/adopt\/expected\//, tests: 'test/adopt/' },
  { files: /^test\/stacks\/immutable-fields\//, tests: 'test/stacks/immutable-fields.test.ts' },
  { files: /^docs\/reliability\.md$/, tests: 'test/reliability/' },
]
const COMPARING = ' shows$'
const GENERATED = /^(?:schemas\/|packages\/|docs\/|README\.md$|functions\/[^/]+\/README\.md$)/
/** Its table is what the real programs do, so it is refreshed only where it is named. */
const COMPATIBILITY = 'docs/compatibility.md'

const run = (program, args, env = {}) => {
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  return status === 0
}

const parts = process.argv.slice(2)
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
}).split('\n')
const isNamed = (file) => parts.length === 0 || parts.some((part) => file.includes(part))
const suites = GOLDENS.filter((golden) => files.some((file) => golden.files.test(file) && isNamed(file)))
const generates = files.some((file) => GENERATED.test(file) && file !== COMPATIBILITY && isNamed(file))
const asksPrograms = parts.length > 0 && isNamed(COMPATIBILITY)
if (suites.length === 0 && !generates && !asksPrograms) {
  process.stderr.write(`npm run update: no file that it writes has ${parts.join(' or ')} in its path\n`)
  process.exit(2)
}

const env = { REFRESHED_PATHS: parts.join('\n') }
const jest = (project, paths, ...more) =>
  run(
    'npx',
    ['jest', '--selectProjects', project, '--silent', '--reporters=default', ...more, '--testPathPatterns', ...paths],
    env,
  )

// What is generated shows examples, so the goldens come first.
const done = [
  () =>
    suites.length === 0 ||
    jest(
      'unit',
      suites.map(({ tests }) => tests),
      '--testNamePattern',
      COMPARING,
    ),
  () => !generates || run('node', ['dist/generate.cjs', ...parts]),
  () => !asksPrograms || jest('e2e', ['test/e2e/compatibility/']),
].map((step) => step())
process.exit(done.every(Boolean) ? 0 : 1)
