import { plan } from '../../functions/hardening/plan.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { itemsOf, withoutIds } from '../support/resource-lists.ts'
import { readersDiffer } from '../support/yaml-readers.ts'
import type { Input } from './inputs.ts'

/** The processor time that one small input may take, in milliseconds: on a busy machine a clock shows what others take. */
const LIMIT = 5_000

/** What is wrong with the answer to an input, or undefined. */
export async function faultOf(input: Input): Promise<string | undefined> {
  const { text, bystanders, isWhole } = input
  const difference = text
    .split(/^(?=- |functionConfig:)/m)
    .map(readersDiffer)
    .find(Boolean)
  if (difference) return difference
  const start = process.cpuUsage()
  const { exitCode, stdout, stderr } = await run(text, plan)
  const { user, system } = process.cpuUsage(start)
  const took = (user + system) / 1000
  if (took > LIMIT) return `it took ${Math.round(took)} ms, expected at most ${LIMIT}`
  if (exitCode === 3) return `exit code 3: ${stderr}`
  if (exitCode !== 0) return faultOfRefusal(exitCode === 1 ? outputOfRefusal(input, stdout) : stdout, stderr)
  const lost = bystanders.find((item) => !formsOf(item, input).some((form) => stdout.includes(form)))
  if (lost !== undefined) return `an item that no function concerns is not what it was:\n${lost}`
  return isWhole ? faultOfSecondRun(text, itemsOf(stdout)) : undefined
}

/** Kustomize gets an item back without the annotations that it does not need. */
const formsOf = (item: string, { caller }: Input): string[] =>
  caller === 'kustomize' ? [item, withoutIds(item)] : [item]

/** kpt reads the results of a refusal from stdout, next to the items as they came. */
function outputOfRefusal({ caller, text, isWhole }: Input, stdout: string): string {
  if (caller !== 'kpt' || stdout === '') return stdout
  const [came, gone] = [text.replace(/^functionConfig:/m, 'results: '), stdout].map((list) => itemsOf(list).trimStart())
  return !isWhole || came === gone ? '' : stdout
}

function faultOfRefusal(stdout: string, stderr: string): string | undefined {
  if (stdout !== '') return 'an output next to an error'
  return /^error: \S+: .*[a-z]/m.test(stderr) ? undefined : `an error without a reason: ${stderr}`
}

async function faultOfSecondRun(text: string, items: string): Promise<string | undefined> {
  const config = text.slice(text.lastIndexOf('\nfunctionConfig:') + 1)
  const again = await run(`apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${items}${config}`, plan)
  if (again.exitCode !== 0) return `the second run is refused: ${again.stderr}\nThe items of the first:\n${items}`
  if (itemsOf(again.stdout) !== items) return `the second run changes the answer of the first:\n${items}`
  return undefined
}
