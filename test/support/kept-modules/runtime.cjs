const Runtime = require('jest-runtime').default

/** Of all the test files of a worker: their modules, those of Jest, and the source maps of what was transformed. */
const modules = new Map()
const ofJest = new Map()
const sourceMaps = new Map()

/** What each test file loads again, because it holds the state of one: the command line remembers the files that it has read. */
const OF_ONE_FILE = /^(?!.*\/node_modules\/).*\/(?:test|cli)\/|\/node_modules\/jest-circus\//

/** The one of the test file that runs. What is kept loads further modules through it. */
let current

/**
 * Jest loads every module again for each test file, and V8 then compiles and optimizes it again. This one loads the modules
 * of the functions and of packages once in a worker, as a program does. `jest.resetModules` gives a test file modules of its own.
 */
module.exports = class KeptModules extends Runtime {
  constructor(...args) {
    super(...args)
    current = this
    this.registries.moduleRegistry = modules
    this.registries.internalModuleRegistry = ofJest
    this.transformCache.sourceMaps = sourceMaps
  }

  requireModuleOrMock(...args) {
    return this === current ? super.requireModuleOrMock(...args) : current.requireModuleOrMock(...args)
  }

  requireInternalModule(...args) {
    return this === current ? super.requireInternalModule(...args) : current.requireInternalModule(...args)
  }

  resetModules() {
    this.registries.moduleRegistry = new Map()
    super.resetModules()
  }

  teardown() {
    for (const kept of [modules, ofJest])
      for (const path of kept.keys()) if (OF_ONE_FILE.test(path)) kept.delete(path)
    this.registries.internalModuleRegistry = new Map()
    super.teardown()
  }
}
