import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import fc from '../support/fast-check.ts'
import { faultOf } from './check.ts'
import { anyInput, type Input } from './inputs.ts'

// npm run fuzz -- [--seconds N] [--seed S] [--record FILE]: tries inputs for N seconds of CPU time. A finding is printed as the smallest input
// that shows it, and the exit code is 1; the same seed tries the same inputs.

const HANG = 30_000
const BATCH = 200
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

interface Work {
  seconds: number
  seed: number
  /** How many inputs have begun, for the thread that watches for one that never ends. */
  begun: Int32Array
  /** A file with a list of runs, to which this one is added if it finds nothing. */
  record: string | undefined
}

function watch(): void {
  const { values } = parseArgs({
    options: { seconds: { type: 'string' }, seed: { type: 'string' }, record: { type: 'string' } },
  })
  const seconds = Number(values.seconds ?? 60)
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  if (!(seconds > 0) || !Number.isInteger(seed))
    throw new Error('expected --seconds N, above 0, and --seed S, an integer')
  say(`seed ${seed}, ${seconds} s of CPU time`)
  const begun = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(__filename, { workerData: { seconds, seed, begun, record: values.record } satisfies Work })
  let last = -1
  const timer = setInterval(() => {
    const now = Atomics.load(begun, 0)
    if (now === last) {
      say(`input ${now} of seed ${seed} did not end within ${HANG} ms`)
      process.exit(1)
    }
    last = now
  }, HANG)
  worker.on('exit', (code) => {
    clearInterval(timer)
    process.exitCode = code
  })
}

async function work({ seconds, seed, begun, record }: Work): Promise<void> {
  const spent = (): number => process.cpuUsage().user / 1e6
  const property = fc.asyncProperty(anyInput, async (input) => {
    Atomics.add(begun, 0, 1)
    const fault = await faultOf(input)
    if (fault !== undefined) throw new Error(fault)
  })
  for (let batch = 0; spent() < seconds; batch++) {
    const { counterexample, error } = await checked(property, seed + batch)
    if (!counterexample) continue
    say(`found with seed ${seed + batch}:\n${error}\nThe smallest input:\n${counterexample[0].text}`)
    process.exit(1)
  }
  const executions = Atomics.load(begun, 0)
  if (record !== undefined) writeRecord(record, { seed, seconds, executions })
  say(`${executions} executions, ${Math.round(executions / spent())} a second of CPU time, nothing found`)
}

function writeRecord(file: string, run: { seed: number; seconds: number; executions: number }): void {
  const runs = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown[]) : []
  writeFileSync(file, `${JSON.stringify([...runs, run], null, 2)}\n`)
}

async function checked(property: fc.IAsyncProperty<[Input]>, seed: number) {
  const details = await fc.check(property, { seed, numRuns: BATCH })
  const { errorInstance } = details
  const error = errorInstance instanceof Error ? errorInstance.message : ''
  return { counterexample: details.counterexample, error }
}

if (isMainThread) watch()
else void work(workerData as Work)
