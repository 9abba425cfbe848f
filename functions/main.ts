import fs from 'node:fs'
import { program } from './program.ts'
import { expectShortRun } from './short-run.ts'

expectShortRun()

void program(fs).then((exitCode) => {
  process.exitCode = exitCode
})
