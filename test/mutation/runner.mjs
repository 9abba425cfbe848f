import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { isDrawn, nameOfMutant } from './sample.mjs'

// For Stryker: runs the tests that reach a mutant, in this process, the quickest first, and keeps each answer, so that a run
// that was stopped goes on where it was. A test that fails is run once more without the mutant, so that nothing that an
// earlier mutant left behind in memory counts as a kill.
//
// Without mutants, no test counts that fails here (it needs Jest itself), nor what is slower than `seconds` for all of a
// mutant's tests together. A mutant of what runs when its module is loaded, such as a table, reaches no test that Stryker
// knows of: it is tried with the tests that run anything else of its file.

const { loadTests, runTests } = createRequire(import.meta.url)('./suite.cjs')

const hashOf = (...parts) => createHash('sha1').update(parts.join('\0')).digest('hex').slice(0, 20)
const state = () => (globalThis.__stryker__ ??= {})

/** The results of mutants: one JSON object a line. A kill is valid while its test is unchanged, a survival while all tests are. */
function keptAnswers(path) {
  const answers = new Map()
  if (existsSync(path))
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const answer = JSON.parse(line)
      answers.set(answer.mutant, answer)
    }
  return {
    get: (mutant, of) => {
      const answer = answers.get(mutant)
      return answer && answer.of === of(answer.result) ? answer.result : undefined
    },
    keep: (mutant, result, of) => appendFileSync(path, `${JSON.stringify({ mutant, of: of(result), result })}\n`),
  }
}

function createRunner(options) {
  const { files, only, kept, sources, seed, share, seconds } = options.suite
  const answers = keptAnswers(kept)
  const testFile = Object.fromEntries(files.map((file) => [file, hashOf(readFileSync(file, 'utf8'))]))
  const all = hashOf(readFileSync('test/mutation/suite.cjs', 'utf8'), ...Object.values(testFile))
  const of = (result) => (result.status === 'killed' ? testFile[result.killedBy[0].split(' ')[0]] : all)
  const keyOf = (mutant) =>
    hashOf(sources[mutant.fileName.slice(mutant.fileName.lastIndexOf('functions/'))], nameOfMutant(mutant))
  const dryRunFile = `${kept}.dry-run.json`
  let tests
  let known

  /** `{ milliseconds, reached }` of the dry run, by test: how long it took, and the mutants that it reached. */
  function dryRun() {
    known ??= JSON.parse(readFileSync(dryRunFile, 'utf8'))
    return known
  }

  /** The tests that run something of the file of a mutant, or all. */
  function testsOfFile({ fileName }) {
    const calls = readFileSync(fileName, 'utf8').matchAll(/stryCov_\w+\(([^)]*)\)/g)
    const ids = new Set([...calls].flatMap(([, list]) => list.match(/\d+/g) ?? []))
    const reaching = Object.keys(dryRun()).filter((test) => dryRun()[test].reached.some((id) => ids.has(id)))
    return reaching.length > 0 ? reaching : Object.keys(dryRun())
  }

  /** The quickest tests of `wanted` that take `seconds` together. */
  function chosenOf(wanted) {
    const byTime = wanted
      .filter((id) => dryRun()[id])
      .sort((a, b) => dryRun()[a].milliseconds - dryRun()[b].milliseconds)
    const chosen = []
    let left = seconds * 1000
    for (const id of byTime) {
      left -= dryRun()[id].milliseconds
      if (left < 0) break
      chosen.push(id)
    }
    return chosen
  }

  function activate(mutant, hitLimit) {
    Object.assign(state(), { activeMutant: mutant, hitLimit, hitCount: hitLimit ? 0 : undefined })
  }
  const isLimitReached = () => state().hitCount > state().hitLimit

  /** What the tests that reach the mutant say. `isLoadedWithIt`: the modules are loaded again, while it is active. */
  async function attempt({ activeMutant, testFilter, hitLimit }, isLoadedWithIt) {
    const wanted = chosenOf(testFilter ?? testsOfFile(activeMutant))
    const wantedFiles = isLoadedWithIt ? files.filter((file) => wanted.some((id) => id.startsWith(`${file} `))) : files
    activate(isLoadedWithIt ? activeMutant.id : undefined, hitLimit)
    try {
      if (isLoadedWithIt || tests === undefined) tests = loadTests(wantedFiles, only)
    } catch (error) {
      tests = undefined
      activate(undefined)
      if (!isLoadedWithIt) throw error
      return { status: 'killed', killedBy: [`${wantedFiles[0]} loads`], failureMessage: String(error), nrOfTests: 0 }
    }
    activate(activeMutant.id, hitLimit)
    const result = await run(wanted, hitLimit)
    activate(undefined)
    if (isLoadedWithIt) tests = undefined
    return result
  }

  async function run(wanted, hitLimit) {
    const byId = new Map(tests.map((test) => [test.id, test]))
    const chosen = wanted.flatMap((id) => byId.get(id) ?? [])
    const { passed, failed } = await runTests(chosen, (id) => (state().currentTestId = id))
    if (isLimitReached()) return { status: 'timeout', reason: `reached more than ${hitLimit} times` }
    if (!failed) return { status: 'survived', nrOfTests: passed.length }
    const { id, message } = failed
    return { status: 'killed', killedBy: [id], failureMessage: message.slice(0, 500), nrOfTests: passed.length + 1 }
  }

  /** Whether the test that failed passes without the mutant, in the same modules. */
  async function isByMutant({ killedBy: [killer] }) {
    const { failed } = await runTests(
      tests.filter(({ id }) => id === killer),
      () => undefined,
    )
    return failed === undefined
  }

  async function judged(request) {
    if (request.mutantActivation === 'static' || request.reloadEnvironment) return attempt(request, true)
    const quick = await attempt(request, false)
    return quick.status !== 'killed' || (await isByMutant(quick)) ? quick : attempt(request, true)
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),
    async dryRun() {
      tests = loadTests(files, only)
      const leaveOut = ({ id }) => process.stderr.write(`left out, because it fails here without a mutant: ${id}\n`)
      const { passed: all } = await runTests(tests, (id) => (state().currentTestId = id), leaveOut)
      const { perTest } = state().mutantCoverage
      known = Object.fromEntries(
        all.map(({ id, milliseconds }) => [id, { milliseconds, reached: Object.keys(perTest[id] ?? {}) }]),
      )
      writeFileSync(dryRunFile, JSON.stringify(known))
      const results = all.map(({ id, milliseconds }) => ({ id, name: id, status: 0, timeSpentMs: milliseconds }))
      return { status: 'complete', tests: results, mutantCoverage: state().mutantCoverage }
    },
    async mutantRun(request) {
      if (!isDrawn(request.activeMutant, seed, share)) return { status: 'error', errorMessage: 'not in the sample' }
      const mutant = keyOf(request.activeMutant)
      const answer = answers.get(mutant, of)
      if (answer) return answer
      const result = await judged(request)
      answers.keep(mutant, result, of)
      return result
    },
  }
}
createRunner.inject = ['options']

export const strykerPlugins = [{ kind: 'TestRunner', name: 'suite', factory: createRunner }]
