import { execFileSync } from 'node:child_process'
import { copyFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ratioRow, root, row, runs, work } from '../lib/context.mjs'
import { policy, resourceList } from '../lib/inputs.mjs'
import { measure, median, ratio } from '../lib/measure.mjs'

export const title = 'The functions alone'

/** The functions on their stdin: the bundle by itself, and as the image starts it. NODE names another Node. */
export default function functions() {
  const program = process.env.NODE ?? 'node'
  const peak = `-r ${join(root, 'bench/lib/peak.cjs')}`
  const forms = {
    'by themselves': `${program} ${peak} ${join(root, 'dist/functions.cjs')}`,
    'as in the image': warmStart(program).replace(' ', ` ${peak} `),
  }
  const start = { command: `${program} -e 0` }
  for (const [form, command] of Object.entries(forms)) {
    const of = (count) => `${command} <${input(count)}`
    ratioRow(`120 objects, ${form} ÷ node -e 0`, { command: of(120) }, start, { goal: 4 })
    const samples = Array.from({ length: runs }, () => measure(of(10_000)))
    row(`10,000 objects, ${form}`, median(samples.map(({ cpu }) => cpu)), { unit: 's CPU', goal: 1 })
    row(`10,000 objects, ${form}, peak memory`, median(samples.map(({ memory }) => memory)), { unit: 'MB', goal: 250 })
    const cost = ratio({ command: of(100_000) }, { command: of(10_000) }, { runs: 1 }) / 10
    row(`${form}, cost of an object among 100,000 ÷ among 10,000`, cost, { goal: 1.15 })
  }
  row('size of the bundle', statSync(join(root, 'dist/functions.cjs')).size / 1024, { unit: 'KB' })
}

/** The start of the image, as the Dockerfile has it, with code that was kept from a run. */
function warmStart(program) {
  for (const file of ['functions.cjs', 'warm-start.cjs']) copyFileSync(join(root, 'dist', file), join(work, file))
  const warm = `${program} --no-opt --no-maglev ${join(work, 'warm-start.cjs')}`
  execFileSync('sh', ['-c', `${warm} keep <${join(root, 'functions/warm-up.yaml')}`], { stdio: 'ignore' })
  return warm
}

const written = new Map()

function input(count) {
  if (!written.has(count)) {
    written.set(count, join(work, `${count}.yaml`))
    writeFileSync(written.get(count), resourceList(count, policy(count)))
  }
  return written.get(count)
}
