import fc from '../support/fast-check.ts'
import { tally } from '../support/tally.ts'

// For Jest's setupFiles: counts the inputs of every property that a test asserts.
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  reporter: (details) => {
    tally('inputs', details.numRuns)
    if (details.failed) throw new Error(fc.defaultReportMessage(details))
  },
})
