import { readFileSync } from 'node:fs'
import library from '../../dist/index.cjs'
import { median } from './measure.mjs'

const BEFORE = 10
const COUNTED = 20

/** CPU seconds of the functions on a file in a process that has run them ten times before. */
export async function warm(file) {
  const input = readFileSync(file, 'utf8')
  const costs = []
  for (let count = 0; count < BEFORE + COUNTED; count++) {
    const before = process.cpuUsage()
    const { exitCode } = await library.run(input, library.plan)
    if (exitCode !== 0) throw new Error(`exit ${exitCode}: the functions on ${file}`)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / 1e6)
  }
  return median(costs.slice(BEFORE))
}
