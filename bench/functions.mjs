// `npm run --silent build && node bench/functions.mjs [--json]`: the functions alone, from ten objects to 100,000, as they run
// by themselves and as the image starts them, next to a Node that does nothing. NODE names another Node.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { policy, resourceList } from './inputs.mjs'
import { measure, median } from './measure.mjs'

const root = join(import.meta.dirname, '..')
const node = process.env.NODE ?? process.execPath
const runs = Number(process.env.RUNS ?? 5)
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
const work = mkdtempSync(join(root, 'node_modules/.cache/bench-'))
process.on('exit', () => rmSync(work, { recursive: true }))

// As the Dockerfile has it.
for (const file of ['functions.cjs', 'warm-start.cjs']) copyFileSync(join(root, 'dist', file), join(work, file))
const warm = `${node} --no-opt --no-maglev ${join(work, 'warm-start.cjs')}`
execFileSync('sh', ['-c', `${warm} keep <${join(root, 'functions/warm-up.yaml')}`], { stdio: 'ignore' })

const peak = `-r ${join(root, 'bench/peak.cjs')}`
const forms = {
  'node -e 0': () => `${node} -e 0`,
  functions: (input) => `${node} ${peak} ${join(work, 'functions.cjs')} <${input}`,
  'as in the image': (input) => `${warm.replace(' ', ` ${peak} `)} <${input}`,
}

const rows = [10, 1_000, 10_000, 100_000].flatMap((count) => {
  const input = join(work, `${count}.yaml`)
  writeFileSync(input, resourceList(count, policy(count)))
  // In turn, so that a drift of the machine touches all forms alike; the first round warms the disk.
  const rounds = Array.from({ length: (count > 10_000 ? 1 : runs) + 1 }, () =>
    Object.values(forms).map((command) => measure(command(input))),
  ).slice(1)
  return Object.keys(forms).map((form, index) => {
    const samples = rounds.map((round) => round[index])
    const nothing = rounds.map((round) => round[0].cpu)
    return {
      objects: count,
      form,
      'CPU s': Number(median(samples.map(({ cpu }) => cpu)).toFixed(3)),
      '÷ node -e 0': Number(median(samples.map(({ cpu }, round) => cpu / nothing[round])).toFixed(2)),
      ...(index > 0 && { 'peak MB': Math.round(median(samples.map(({ memory }) => memory))) }),
    }
  })
})

if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
// biome-ignore lint/suspicious/noConsole: the table is what this program is for
else console.table(rows)
