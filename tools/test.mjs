import { spawn } from 'node:child_process'

// `npm test`, after the build: the checks of `npm run lint` next to the unit tests. Each uses the cores that the other leaves
// idle. Ends with 0 only if both do.

/** Runs a program to its end; gives whether it ended with 0. */
const passes = (program, ...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0))
  })

const results = await Promise.all([
  passes(process.execPath, 'tools/lint.mjs'),
  passes('jest', '--selectProjects', 'unit', '--maxWorkers=100%'),
])
process.exitCode = results.every(Boolean) ? 0 : 1
