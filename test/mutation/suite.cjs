// Tests of this project in one process, without Jest's own: to run one again costs what the test itself costs.
const { createHash } = require('node:crypto')
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { dirname, join, relative, resolve } = require('node:path')
const circus = require('jest-circus')
const { expect } = require('expect')
const transform = require('../support/esbuild-transform.cjs')

const { run: _, getState, resetState, addEventHandler: __, ...globals } = circus
Object.assign(globalThis, globals, { expect })

/** TypeScript by esbuild, kept by content. */
function load(module, filename) {
  const cache = join(process.env.MUTATION_CACHE ?? 'node_modules/.cache', 'krm-hardening-mutation')
  const source = readFileSync(filename, 'utf8')
  const cached = join(cache, `${createHash('sha1').update(`${filename}\0${source}`).digest('hex')}.cjs`)
  if (!existsSync(cached)) {
    mkdirSync(dirname(cached), { recursive: true })
    writeFileSync(cached, transform.process(source, filename).code.replace(/\n\/\/# sourceMappingURL=.*/, ''))
  }
  module._compile(readFileSync(cached, 'utf8'), filename)
}
for (const extension of ['.ts', '.sh']) Module._extensions[extension] = load
const original = Module._load
Module._load = (request, ...rest) => (request === '@jest/globals' ? { ...globals, expect } : original(request, ...rest))

/**
 * Loads test files again, with all that they import from this project. `only` limits the tests of a file by a
 * pattern for their names. Answers the tests in their order: `{ id, file, test }`, where `id` is of one test alone.
 */
function loadTests(files, only) {
  for (const path of Object.keys(require.cache)) if (isOfProject(path)) delete require.cache[path]
  resetState()
  const tests = []
  for (const file of files) {
    const block = collect(file)
    for (const test of testsIn(block)) {
      const name = nameOf(test)
      if (test.mode === 'skip' || !new RegExp(only[file] ?? '').test(name)) continue
      const same = tests.filter((other) => other.name === name && other.file === file).length
      tests.push({ id: `${file} ${name}${same > 0 ? ` (${same})` : ''}`, name, file, test })
    }
  }
  return tests
}

const isOfProject = (path) => /^(?!\.\.|node_modules)/.test(relative(process.cwd(), path))

function collect(file) {
  globals.describe(file, () => {
    require(resolve(file))
  })
  return getState().rootDescribeBlock.children.at(-1)
}

const testsIn = (block) =>
  block.children.flatMap((child) => (child.type === 'test' ? [child] : testsIn(child)))

const blocksOf = ({ parent }) => (parent ? [...blocksOf(parent), parent] : [])
const nameOf = (test) => [...blocksOf(test).slice(2).map(({ name }) => name), test.name].join(' ')
const hooks = (blocks, type) => blocks.flatMap((block) => block.hooks.filter((hook) => hook.type === type))

/**
 * Runs tests in their order and ends at the first that fails, or tells `failing` of each. `started` hears the id before each.
 * Answers `{ passed: [{ id, milliseconds }], failed?: { id, message } }`.
 */
async function runTests(tests, started, failing) {
  const passed = []
  const open = new Set()
  try {
    for (const { id, name, file, test } of tests) {
      const blocks = blocksOf(test)
      const begun = Date.now()
      try {
        // Before the hooks, so that what they reach counts as reached by the first test after them.
        started(id)
        // A golden file tells by them whether the test is one of those that may write it.
        expect.setState({ currentTestName: name, testPath: resolve(file) })
        for (const block of blocks) {
          if (open.has(block)) continue
          open.add(block)
          for (const { fn } of hooks([block], 'beforeAll')) await fn()
        }
        for (const { fn } of hooks(blocks, 'beforeEach')) await fn()
        await test.fn()
        for (const { fn } of hooks(blocks.toReversed(), 'afterEach')) await fn()
      } catch (error) {
        const failed = { id, message: String(error?.stack ?? error) }
        if (!failing) return { passed, failed }
        failing(failed)
        continue
      } finally {
        started(undefined)
      }
      passed.push({ id, milliseconds: Date.now() - begun })
    }
    return { passed }
  } finally {
    for (const { fn } of hooks([...open], 'afterAll')) await fn()
  }
}

module.exports = { loadTests, runTests }
