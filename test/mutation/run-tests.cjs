// node test/mutation/run-tests.cjs PATTERN FILE...: runs tests of this project in one process, without Jest's own, and ends at
// the first that fails. A mutant needs a second so, and Jest ten. PATTERN limits the tests of test/examples.test.ts by their
// names. Exit code 0 where all passed.
const { createHash } = require('node:crypto')
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { dirname, join, resolve } = require('node:path')
const circus = require('jest-circus')
const { expect } = require('expect')
const transform = require('../support/esbuild-transform.cjs')

const [pattern, ...files] = process.argv.slice(2)
const CACHE = join(process.env.MUTATION_CACHE ?? 'node_modules/.cache', 'krm-hardening-mutation')

const { run, getState, addEventHandler, ...globals } = circus
Object.assign(globalThis, globals, { expect })

/** TypeScript by esbuild, kept by content: only the file of the mutant is new. */
function load(module, filename) {
  const source = readFileSync(filename, 'utf8')
  const cached = join(CACHE, `${createHash('sha1').update(`${filename}\0${source}`).digest('hex')}.cjs`)
  if (!existsSync(cached)) {
    mkdirSync(dirname(cached), { recursive: true })
    writeFileSync(cached, transform.process(source, filename).code.replace(/\n\/\/# sourceMappingURL=.*/, ''))
  }
  module._compile(readFileSync(cached, 'utf8'), filename)
}
for (const extension of ['.ts', '.sh']) Module._extensions[extension] = load
const original = Module._load
Module._load = (request, ...rest) => (request === '@jest/globals' ? { ...globals, expect } : original(request, ...rest))

const fail = (reason) => {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}
process.on('unhandledRejection', fail)

async function main() {
  for (const file of files) {
    circus.resetState()
    if (file.endsWith('examples.test.ts')) getState().testNamePattern = new RegExp(pattern)
    require(resolve(file))
    const { unhandledErrors } = await run()
    if (unhandledErrors.length > 0) fail(unhandledErrors.join('\n'))
  }
}
addEventHandler((event) => {
  if (event.name === 'test_done' && event.test.errors.length > 0) fail(event.test.errors.map(String).join('\n'))
})
void main().catch(fail)
