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
  /** In a sample: how many mutants the folder has, and what drew these. */
  drawnFrom?: number
  seed?: number
  /** `file:line: code -> what it was changed to`. */
  survivors: readonly string[]
}

export type Mutation = Readonly<Record<string, Mutated>>

/** The folders whose survivors somebody has read, and what those that are left change. */
const READ: Readonly<Record<string, string>> = {
  'functions/flux-conventions':
    'defaults for objects without a namespace, guards for what is there in any case, and objects that are read and say nothing',
  'functions/hardening': 'an answer for a kind that is always known, and a check of types for the compiler',
  'functions/image-mirror-digest/pull-secrets':
    'what no caller gives (an entry without `on`), and the order in which two equal names are sorted',
  'functions/istio-hardening':
    'guards for workloads that are all in the map, and filters in front of what selects by name anyway',
  'functions/lib': 'whether a copied key can be changed again, and a mark that only saves time',
  'functions/lib/kubernetes':
    'types of fields that the slower tests look at, beyond the ten seconds, and short cuts for what fits anyway',
  'functions/lib/resource-list':
    'defaults for what a pattern always finds, causes that no message shows, and checks of what a check before refused',
  'functions/network-policy-default-deny': 'a short cut that saves making the same policies twice',
  'functions/security-context-enforcer':
    'defaults for lists that are compared with nothing, and names that are there in any case',
  'functions/lib/runner':
    'short cuts that only save time, and the sentence about a standard output that cannot be written',
  'functions/security-context-enforcer/checks':
    'defaults that are compared with a list that has neither, and short cuts in front of a loop over nothing',
  'functions/security-context-enforcer/pod':
    'defaults of lists and texts that are compared with nothing, and guards for what a check of types refuses before',
  'functions/security-context-enforcer/workload':
    'defaults for accounts without a namespace, and the order of keys that are never equal',
}

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
| faults of the machine | ${number(runs.faults.tests)} tests | \`test/e2e/cli/cut-short.test.ts\`, \`test/cli/files.test.ts\`, \`test/e2e/cli/faults.test.ts\` |
| mutants killed | ${scoreOf(Object.values(mutation))} | the folders below |

## Mutants

Each is a small change of the source that some test has to notice. No change is made to sentences, because tests assert the ids and
fields of findings and not their words. A change counts as unnoticed if the quickest of the tests that reach it, up to ten seconds
of them, do not fail, so that each score is the least that the tests reach. Where a folder has more mutants than were tried, they
were drawn at random with the seed ${seedsOf(mutation)}, and the score of all is within the given distance with 95 % confidence.

| Folder | Mutants | Killed | Score |
| --- | --- | --- | --- |
${Object.entries(mutation).map(rowOfFolder).join('\n')}

The survivors are in \`test/reliability/mutation.json\`. Those of these folders were read one by one; a test was written where one was
missing, and what is left changes nothing that can be seen from outside. Those of the other folders still hold some that need a test:

${Object.entries(READ)
  .map(([folder, what]) => `- \`${folder}\`: ${what}`)
  .join('\n')}

${notRunYet(folders.filter((folder) => !Object.hasOwn(mutation, folder)))}

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

const rowOfFolder = ([folder, { mutants, killed, drawnFrom }]: [string, Mutated]): string => {
  const isWhole = drawnFrom === undefined || drawnFrom === mutants
  const count = isWhole ? number(mutants) : `${number(mutants)} of ${number(drawnFrom)}`
  const distance = isWhole ? '' : ` ± ${distanceOf(killed / mutants, mutants, drawnFrom).toFixed(1)}`
  return `| \`${folder}\` | ${count} | ${number(killed)} | ${percent(killed, mutants)}${distance} |`
}

/** Half the 95 % confidence interval of a share, in percent, of a sample that is drawn from so many without putting back. */
const distanceOf = (share: number, drawn: number, all: number): number =>
  196 * Math.sqrt(((share * (1 - share)) / drawn) * ((all - drawn) / (all - 1)))

const seedsOf = (mutation: Mutation): string =>
  [...new Set(Object.values(mutation).flatMap(({ seed }) => seed ?? []))].join(', ')

const notRunYet = (folders: readonly string[]): string =>
  folders.length === 0
    ? 'No folder is left out.'
    : `These were not run yet: ${folders.map((folder) => `\`${folder}\``).join(', ')}.`

function scoreOf(all: readonly Mutated[]): string {
  const [killed, mutants] = [sum(all.map((each) => each.killed)), sum(all.map((each) => each.mutants))]
  return `${number(killed)} of ${number(mutants)}, ${percent(killed, mutants)}`
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`
