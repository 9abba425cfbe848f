import { DEFECTS } from './defects.ts'

interface Counted {
  tests: number
  inputs?: number
  pairs?: number
}

export interface Runs {
  properties: Counted
  network: Counted
  faults: Counted
  growth: readonly Growth[]
}

/** Processor seconds for inputs of each size. */
interface Growth {
  what: string
  sizes: readonly number[]
  seconds: readonly number[]
}

export interface Fuzzed {
  seed: number
  seconds: number
  executions: number
}

interface Mutated {
  mutants: number
  killed: number
  /** `file:line: code -> what it was changed to`. */
  survivors: readonly string[]
}

export type Mutation = Readonly<Record<string, Mutated>>

/** The folders whose survivors somebody has read, and found to change nothing. */
const READ = ['functions/image-mirror-digest/pull-secrets', 'functions/security-context-enforcer/checks']

const number = (value: number): string => value.toLocaleString('en-US')
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** docs/reliability.md. `folders` are those of the functions, with those that no run has mutated. */
export const reliabilityPage = (
  runs: Runs,
  fuzzed: readonly Fuzzed[],
  mutation: Mutation,
  folders: readonly string[],
): string => `# Reliability

What was tried, and what it found. Every number is that of a run on this source tree or an earlier one.
\`npm run reliability\`, \`npm run mutation\` and \`npm run fuzz -- --record test/reliability/fuzz.json\` run it again, and
\`npm run update docs/reliability.md\` writes this page.

| What | How much | Where |
| --- | --- | --- |
| properties, and the tests next to them | ${number(runs.properties.tests)} tests${runs.properties.inputs ? `, ${number(runs.properties.inputs)} inputs` : ''} | \`test/properties\`, \`test/*/properties.test.ts\`, \`test/lib/hostile-input.test.ts\` |
| executions of the fuzzer | ${number(sum(fuzzed.map(({ executions }) => executions)))}, in ${number(sum(fuzzed.map(({ seconds }) => seconds)))} seconds of CPU time, with the seeds ${fuzzed.map(({ seed }) => seed).join(', ')}; nothing found | \`test/fuzz\` |
| pairs of ends, port and protocol that network policies were evaluated for | ${number(runs.network.pairs ?? 0)} | \`test/network-policy-default-deny/exactness.test.ts\`, \`test/cli/connections.test.ts\` |
| faults of the machine | ${number(runs.faults.tests)} tests | \`test/cli/faults.test.ts\`, \`test/cli/files.test.ts\`, \`test/e2e/cli/faults.test.ts\` |
| mutants killed | ${scoreOf(Object.values(mutation))} | the folders below |

## Mutants

Each is a small change of the source that some test has to notice. These folders were run:

| Folder | Mutants | Killed | Score |
| --- | --- | --- | --- |
${Object.entries(mutation)
  .map(([folder, { mutants, killed }]) => `| \`${folder}\` | ${mutants} | ${killed} | ${percent(killed, mutants)} |`)
  .join('\n')}

The survivors of ${READ.map((folder) => `\`${folder}\``).join(', ')} were read. They change nothing that can be seen from outside, such as a default that is compared
with a list that has neither. Those of the other folders are in \`test/reliability/mutation.json\`, and nobody has read them yet:
some will need a test.

${READ.flatMap((folder) => mutation[folder]?.survivors ?? [])
  .map((survivor) => `- \`${survivor.replaceAll('`', "'")}\``)
  .join('\n')}

These were not run yet: ${folders
  .filter((folder) => !Object.hasOwn(mutation, folder))
  .map((folder) => `\`${folder}\``)
  .join(', ')}.

## Growth

Processor time of the bundled functions, the start of Node included, for what took more than linear time once. Twice the input takes at most
about twice the time:

| Input | Seconds |
| --- | --- |
${runs.growth.map(rowOfGrowth).join('\n')}

## Defects that were found and fixed

| What was wrong | What finds it again |
| --- | --- |
${DEFECTS.map(({ was, test }) => `| ${was.replaceAll('|', '\\|')} | \`${test}\` |`).join('\n')}
`

const rowOfGrowth = ({ what, sizes, seconds }: Growth): string =>
  `| ${what} | ${sizes.map((size, index) => `${number(size)}: ${seconds[index]?.toFixed(2)}`).join('; ')} |`

function scoreOf(all: readonly Mutated[]): string {
  const [killed, mutants] = [sum(all.map((each) => each.killed)), sum(all.map((each) => each.mutants))]
  return `${number(killed)} of ${number(mutants)}, ${percent(killed, mutants)}`
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`
