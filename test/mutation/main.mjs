import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isDrawn } from './sample.mjs'

// npm run mutation [-- --sample N FOLDER...]: changes functions/ a little in every place, folder by folder, and looks for a
// test that notices. The result of each change is kept below node_modules/.cache, and the results of each folder in
// test/reliability/mutation.json: a run that was stopped goes on where it was. docs/reliability.md shows what it found.
// With --sample, about N changes are drawn in a folder that has more. The draw depends on SEED alone. With --alone, the
// folders below the given ones are left out.

/** Stryker is no dependency: 168 packages that one script needs. This version runs on Node 20. */
const STRYKER = '@stryker-mutator/core@9.6.1'
const HOME = 'node_modules/.cache/krm-hardening/stryker'
const RESULTS = 'test/reliability/mutation.json'
/** The tests that one change is tried with take so long together without it, the quickest first. */
const MOST_SECONDS_OF_TESTS = 10
/** About as many changes as a line of source allows, which the share of a sample follows from. */
const MUTANTS_A_LINE = 1.2

/** Tests that take longer than all the others together, or whose subject is not the source here. */
const LEFT_OUT =
  /properties|performance|exactness|hostile-input|field-pattern|(?:flux-conventions|istio-hardening)\/schemas/
/** Tests that the runner cannot run: they start programs or replace modules. */
const NEEDS_JEST = /\bjest\.|child_process|support\/programs/
/** Slow tests, and those of other folders, that are the tests of one folder. */
const BELONGING = {
  functions: ['test/program', 'test/sdk'],
  'functions/lib/yaml': ['test/lib/hostile-input', 'test/lib/line-breaks', 'test/properties/block-yaml'],
  'functions/lib/resource-list': ['test/lib/hostile-input', 'test/lib/line-breaks', 'test/properties/parse-lazily'],
  'functions/lib/framework': ['test/lib/hostile-input', 'test/properties/parse-lazily'],
  'functions/lib/charts': ['test/lib/charts'],
  'functions/flux-conventions/schemas': ['test/flux-conventions/schemas'],
  'functions/network-policy-default-deny/traffic': ['test/network-policy-default-deny/exactness'],
}

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
  const belonging = (BELONGING[folder] ?? []).map((file) => `${file}.test.ts`)
  const quick = files.filter((file) => !LEFT_OUT.test(file) && !NEEDS_JEST.test(readFileSync(file, 'utf8')))
  return {
    only: {
      'test/examples.test.ts': isShared ? '' : `^(${name}|hardening) `,
    },
    files: [...new Set([...belonging, ...quick])],
  }
}

const sourcesOf = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && statSync(join(folder, file)).isFile())
    .map((file) => join(folder, file))

const contentHash = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)

function fingerprint(folder, tests) {
  const hash = createHash('sha256')
  for (const file of ['test/mutation/suite.cjs', ...sourcesOf(folder), ...tests.files])
    hash.update(`${file}\0${contentHash(file)}\0`)
  return hash.digest('hex').slice(0, 16)
}

function installStryker() {
  if (existsSync(join(HOME, 'node_modules/.bin/stryker'))) return
  mkdirSync(HOME, { recursive: true })
  writeFileSync(join(HOME, 'package.json'), '{"private": true}\n')
  const options = ['--prefix', HOME, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact']
  execFileSync('npm', ['install', ...options, STRYKER], { stdio: 'inherit' })
}

function mutate(folder, { files, only }, share) {
  const name = folder.replaceAll('/', '-')
  const report = join(HOME, `${name}.report.json`)
  const sources = Object.fromEntries(sourcesOf(folder).map((file) => [file, contentHash(file)]))
  const config = {
    testRunner: 'suite',
    plugins: ['./test/mutation/runner.mjs', './test/mutation/texts.mjs'],
    suite: {
      files,
      only,
      sources,
      kept: resolve(HOME, `${name}.jsonl`),
      seed: SEED,
      share,
      seconds: MOST_SECONDS_OF_TESTS,
    },
    mutate: [`${folder}/*.ts`],
    ignorers: ['texts'],
    coverageAnalysis: 'perTest',
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    tempDirName: join(HOME, `${name}.sandbox`),
    concurrency: 1,
    tsconfigFile: 'none.json',
    ignorePatterns: ['dist', 'packages', 'bench', 'test/e2e'],
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 30,
    warnings: { unknownOptions: false },
  }
  const file = join(HOME, `${name}.config.json`)
  writeFileSync(file, JSON.stringify(config))
  const { status } = spawnSync(join(HOME, 'node_modules/.bin/stryker'), ['run', file], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`Stryker ended with ${status} in ${folder}`)
  return JSON.parse(readFileSync(report, 'utf8'))
}

/** `file:line: code -> what it was changed to`, of the changes that no test noticed. */
function summaryOf({ files }, share) {
  const all = Object.entries(files)
    .flatMap(([file, { source, mutants }]) =>
      mutants.map((mutant) => ({ ...mutant, file: relative('.', file), source })),
    )
    .filter(({ status }) => status !== 'Ignored')
  const drawn = all.filter((mutant) => isDrawn(asInRunner(mutant), SEED, share))
  const count = (...statuses) => drawn.filter(({ status }) => statuses.includes(status)).length
  const survivors = drawn.filter(({ status }) => ['Survived', 'NoCoverage'].includes(status)).map(describe)
  return {
    mutants: count('Killed', 'Timeout', 'Survived', 'NoCoverage'),
    killed: count('Killed', 'Timeout'),
    ...(share < 1 ? { drawnFrom: all.length, seed: SEED } : {}),
    survivors,
  }
}

/** Reports count lines and columns from 1, Stryker itself from 0. */
function asInRunner({ file, replacement, location: { start, end } }) {
  const less = ({ line, column }) => ({ line: line - 1, column: column - 1 })
  return { fileName: file, replacement, location: { start: less(start), end: less(end) } }
}

function describe({ file, source, location: { start, end }, replacement }) {
  const lines = source.split('\n')
  const last = start.line === end.line ? end.column - 1 : undefined
  const code = lines[start.line - 1].slice(start.column - 1, last)
  const short = (text) => text.replaceAll(/\s+/g, ' ').replace(/^(.{40}\S*).*$/, '$1')
  return `${file.replace('functions/', '')}:${start.line}: ${short(code)} -> ${short(replacement)}`
}

const { values, positionals: wanted } = parseArgs({
  options: { sample: { type: 'string' }, alone: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const SEED = Number(process.env.SEED ?? 1)

function shareOf(folder) {
  const lines = sourcesOf(folder).flatMap((file) => readFileSync(file, 'utf8').split('\n')).length
  return values.sample === undefined ? 1 : Math.min(1, Number(values.sample) / (lines * MUTANTS_A_LINE))
}

const kept = () => (existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {})
installStryker()
const isWanted = (folder) =>
  wanted.length === 0 || wanted.some((name) => folder === name || (!values.alone && folder.startsWith(`${name}/`)))
for (const folder of folders.filter(isWanted)) {
  const tests = testsOf(folder)
  const of = fingerprint(folder, tests)
  if (kept()[folder]?.of === of) continue
  const share = shareOf(folder)
  if (share < 1)
    process.stdout.write(`${folder}: ${Math.round(share * 100)} % of its mutants, drawn with SEED=${SEED}\n`)
  const result = { of, ...summaryOf(mutate(folder, tests, share), share) }
  const sorted = Object.entries({ ...kept(), [folder]: result }).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(RESULTS, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
}
if (!process.env.NO_PAGE) execFileSync('npm', ['run', 'update', 'docs/reliability.md'], { stdio: 'inherit' })
