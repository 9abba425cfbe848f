const { appendFileSync } = require('node:fs')

// The closing line of a run, which the file TEST_COUNTS collects: a skipped or pending test counts as failed, so that a gap
// cannot hide.
module.exports = class CountReporter {
  onRunComplete(_, results) {
    const failed = results.numFailedTests + results.numPendingTests + results.numTodoTests + results.numRuntimeErrorTestSuites
    const line = `${results.numPassedTests} passed, ${failed} failed\n`
    process.stdout.write(line)
    if (process.env.TEST_COUNTS) appendFileSync(process.env.TEST_COUNTS, line)
  }
}
