import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

// npm run mutation [-- FOLDER...]: changes functions/ a little in every place, folder by folder, and looks for a test that
// notices. The result of each change is kept below node_modules/.cache, and the results of each folder in
// test/reliability/mutation.json: a run that was stopped goes on where it was. docs/reliability.md shows what it found.

/** Stryker is no dependency: 168 packages that one script needs. This version runs on Node 20. */
const STRYKER = '@stryker-mutator/core@9.6.1'
const HOME = 'node_modules/.cache/krm-hardening/stryker'
const RESULTS = 'test/reliability/mutation.json'
/** Tests that take longer than all the others together, that run other programs, whose sources are the real ones, or that replace modules. */
const LEFT_OUT =
  /properties|performance|resolved-once|line-breaks|yaml-text|hostile-input|field-pattern|exactness|charts|canonical-yaml|(?:flux-conventions|istio-hardening)\/schemas/

/** Tests of every function: its findings, and its examples. */
const OF_ALL = ['test/findings.test.ts', 'test/examples.test.ts']

const filesBelow = (folder, ends) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ends) && !file.includes('examples/'))
    .map((file) => join(folder, file))
    .sort()

/** Every folder below functions/ that has sources of its own. */
const folders = [...new Set(filesBelow('functions', '.ts').map((file) => file.slice(0, file.lastIndexOf('/'))))]

/** The tests that know about a folder, its own and the quick ones first, and the examples that they share. */
function testsOf(folder) {
  const [, name] = folder.split('/')
  const isShared = name === undefined || name === 'hardening' || name === 'lib'
  const own = filesBelow(isShared ? 'test/lib' : `test/${name}`, '.test.ts')
  const functions = readdirSync('functions').flatMap((each) => (existsSync(`test/${each}`) ? [`test/${each}`] : []))
  const others = isShared ? functions.flatMap((tests) => filesBelow(tests, '.test.ts')) : []
  const files = [...new Set([...own, ...OF_ALL, ...others])]
  return {
    only: {
      'test/examples.test.ts': isShared ? '' : `^(${name}|hardening) `,
    },
    files: files.filter((file) => !LEFT_OUT.test(file)),
  }
}

const sourcesOf = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && statSync(join(folder, file)).isFile())
    .map((file) => join(folder, file))

const contentHash = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)

function fingerprint(folder, tests) {
  const hash = createHash('sha256')
  for (const file of [...sourcesOf(folder), ...tests.files]) hash.update(`${file}\0${contentHash(file)}\0`)
  return hash.digest('hex').slice(0, 16)
}

function installStryker() {
  if (existsSync(join(HOME, 'node_modules/.bin/stryker'))) return
  mkdirSync(HOME, { recursive: true })
  writeFileSync(join(HOME, 'package.json'), '{"private": true}\n')
  const options = ['--prefix', HOME, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact']
  execFileSync('npm', ['install', ...options, STRYKER], { stdio: 'inherit' })
}

function mutate(folder, { files, only }) {
  const report = join(HOME, 'report.json')
  const kept = resolve(HOME, `${folder.replaceAll('/', '-')}.jsonl`)
  const sources = Object.fromEntries(sourcesOf(folder).map((file) => [file, contentHash(file)]))
  const config = {
    testRunner: 'suite',
    plugins: ['./test/mutation/runner.mjs'],
    suite: { files, only, kept, sources },
    mutate: [`${folder}/*.ts`],
    coverageAnalysis: 'perTest',
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    tempDirName: join(HOME, 'sandbox'),
    concurrency: 1,
    tsconfigFile: 'none.json',
    ignorePatterns: ['dist', 'packages', 'bench', 'test/e2e'],
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 30,
  }
  writeFileSync(join(HOME, 'config.json'), JSON.stringify(config))
  const { status } = spawnSync(join(HOME, 'node_modules/.bin/stryker'), ['run', join(HOME, 'config.json')], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`Stryker ended with ${status} in ${folder}`)
  return JSON.parse(readFileSync(report, 'utf8'))
}

/** `file:line: code -> what it was changed to`, of the changes that no test noticed. */
function summaryOf({ files }) {
  const all = Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map((mutant) => ({ ...mutant, file: relative('.', file), source })),
  )
  const count = (...statuses) => all.filter(({ status }) => statuses.includes(status)).length
  const survivors = all.filter(({ status }) => ['Survived', 'NoCoverage'].includes(status)).map(describe)
  return {
    mutants: count('Killed', 'Timeout', 'Survived', 'NoCoverage'),
    killed: count('Killed', 'Timeout'),
    survivors,
  }
}

function describe({ file, source, location: { start, end }, replacement }) {
  const lines = source.split('\n')
  const last = start.line === end.line ? end.column - 1 : undefined
  const code = lines[start.line - 1].slice(start.column - 1, last)
  const short = (text) => text.replaceAll(/\s+/g, ' ').replace(/^(.{40}\S*).*$/, '$1')
  return `${file.replace('functions/', '')}:${start.line}: ${short(code)} -> ${short(replacement)}`
}

const wanted = process.argv.slice(2)
const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {}
installStryker()
const isWanted = (folder) =>
  wanted.length === 0 || wanted.some((name) => folder === name || folder.startsWith(`${name}/`))
for (const folder of folders.filter(isWanted)) {
  const tests = testsOf(folder)
  const of = fingerprint(folder, tests)
  if (results[folder]?.of === of) continue
  results[folder] = { of, ...summaryOf(mutate(folder, tests)) }
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(RESULTS, `${JSON.stringify(sorted, null, 2)}\n`)
}
if (!process.env.NO_PAGE) execFileSync('npm', ['run', 'update', 'docs/reliability.md'], { stdio: 'inherit' })
