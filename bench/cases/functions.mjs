import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, ratioRow, root, row, runs, work } from '../lib/context.mjs'
import { policy, resourceList } from '../lib/inputs.mjs'
import { measure, median, ratio } from '../lib/measure.mjs'

export const title = 'The functions alone'

/** The functions alone, on their stdin. */
export default function functions() {
  const start = { command: 'node -e 0' }
  const small = { command: `${node('functions.cjs')} < ${input(120)}` }
  ratioRow('120 objects, functions alone ÷ node -e 0', small, start, { runs: runs * 2, goal: 4 })
  const samples = Array.from({ length: runs }, () => measure(withPeak(10_000)))
  row('10,000 objects', median(samples.map(({ cpu }) => cpu)), { unit: 's CPU', goal: 1 })
  row('10,000 objects, peak memory', median(samples.map(({ memory }) => memory)), { unit: 'MB', goal: 250 })
  row('100,000 objects, peak memory', measure(withPeak(100_000)).memory, { unit: 'MB' })
  const perObject = (large, small) =>
    ratio({ command: withPeak(large) }, { command: withPeak(small) }, { runs: 2 }) / (large / small)
  row('cost of an object among 100,000 ÷ among 10,000', perObject(100_000, 10_000), { goal: 1.15 })
  row('size of the bundle', statSync(join(root, 'dist/functions.cjs')).size / 1024, { unit: 'KB' })
}

const written = new Map()

function input(count) {
  if (!written.has(count)) {
    written.set(count, join(work, `${count}.yaml`))
    writeFileSync(written.get(count), resourceList(count, policy(count)))
  }
  return written.get(count)
}

const withPeak = (count) =>
  `node -r ${join(root, 'bench/lib/peak.cjs')} ${join(root, 'dist/functions.cjs')} < ${input(count)}`
