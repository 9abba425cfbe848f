import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

// For Stryker: runs the tests that reach a mutant, in this process, and keeps each answer, so that a run that was stopped goes
// on where it was. A test that fails is run once more without the mutant, so that nothing that an earlier mutant left behind
// in memory counts as a kill.

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
  const { files, only, kept, sources } = options.suite
  const answers = keptAnswers(kept)
  const testFile = Object.fromEntries(files.map((file) => [file, hashOf(readFileSync(file, 'utf8'))]))
  const all = hashOf(...Object.values(testFile))
  const of = (result) => (result.status === 'killed' ? testFile[result.killedBy[0].split(' ')[0]] : all)
  const keyOf = ({ fileName, replacement, location }) =>
    hashOf(
      fileName.slice(fileName.lastIndexOf('functions/')),
      sources[fileName.slice(fileName.lastIndexOf('functions/'))],
      replacement,
      JSON.stringify(location),
    )
  let tests

  function activate(mutant, hitLimit) {
    Object.assign(state(), { activeMutant: mutant, hitLimit, hitCount: hitLimit ? 0 : undefined })
  }
  const isLimitReached = () => state().hitCount > state().hitLimit

  /** What the tests that reach the mutant say. `isLoadedWithIt`: the modules are loaded again, while it is active. */
  async function attempt({ activeMutant, testFilter, hitLimit }, isLoadedWithIt) {
    activate(isLoadedWithIt ? activeMutant.id : undefined, hitLimit)
    try {
      if (isLoadedWithIt || tests === undefined) tests = loadTests(files, only)
    } catch (error) {
      tests = undefined
      activate(undefined)
      if (!isLoadedWithIt) throw error
      return { status: 'killed', killedBy: [`${files[0]} loads`], failureMessage: String(error), nrOfTests: 0 }
    }
    activate(activeMutant.id, hitLimit)
    const result = await run(testFilter, hitLimit)
    activate(undefined)
    if (isLoadedWithIt) tests = undefined
    return result
  }

  async function run(testFilter, hitLimit) {
    const wanted = testFilter && new Set(testFilter)
    const chosen = wanted ? tests.filter(({ id }) => wanted.has(id)) : tests
    if (chosen.length === 0) throw new Error('no test of the dry run is there')
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
    const isStatic = request.mutantActivation === 'static' || request.reloadEnvironment
    if (isStatic) return attempt(request, true)
    const quick = await attempt(request, false)
    return quick.status !== 'killed' || (await isByMutant(quick)) ? quick : attempt(request, true)
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),
    async dryRun() {
      tests = loadTests(files, only)
      const { passed, failed } = await runTests(tests, (id) => (state().currentTestId = id))
      if (failed) return { status: 'error', errorMessage: `${failed.id}: ${failed.message}` }
      const results = passed.map(({ id, milliseconds }) => ({ id, name: id, status: 0, timeSpentMs: milliseconds }))
      return { status: 'complete', tests: results, mutantCoverage: state().mutantCoverage }
    },
    async mutantRun(request) {
      const mutant = keyOf(request.activeMutant)
      const known = answers.get(mutant, of)
      if (known) return known
      const result = await judged(request)
      answers.keep(mutant, result, of)
      return result
    },
  }
}
createRunner.inject = ['options']

export const strykerPlugins = [{ kind: 'TestRunner', name: 'suite', factory: createRunner }]
