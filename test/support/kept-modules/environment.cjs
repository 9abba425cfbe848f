const { TestEnvironment } = require('jest-environment-node')

/** What `expect` keeps in the globals. Its module stays loaded. */
const OF_EXPECT = Symbol.for('$$jest-matchers-object')

/** The globals of all the test files of a worker, because the modules that they share belong to one set. */
let kept

class KeptEnvironment extends TestEnvironment {
  constructor(...args) {
    super(...args)
    this.own = new Set([...Reflect.ownKeys(this.global), OF_EXPECT])
  }

  /** Takes away what a test file has added. */
  async teardown() {
    for (const key of Reflect.ownKeys(this.global)) if (!this.own.has(key)) delete this.global[key]
  }
}

module.exports = function environment(...args) {
  kept ??= new KeptEnvironment(...args)
  return kept
}
