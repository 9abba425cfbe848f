import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { kustomize, root, runs } from './context.mjs'

/** Writes docs/speed.md from the rows of a run. */
export function writePage(sections) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  const [{ model }] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const page = `# Speed

\`npm run bench -- --page\` wrote this page: version ${version} at ${commit}, Node ${process.version}, ${kustomize.split(' (')[0]}, ${availableParallelism()} processors (${model.trim()}), ${memory} GB.

Each ratio is the median of ${runs} pairs of CPU time (user and system, of all processes), measured in turn. A goal is the most that is wanted. CPU of other machines differs; ratios differ little.

${sections.map(section).join('\n')}
${readFileSync(join(import.meta.dirname, 'what-gained-little.md'), 'utf8')}`
  writeFileSync(join(root, 'docs/speed.md'), page)
}

const section = ({ title, rows }) => `## ${title}

| What | Measured | Goal |
| --- | --- | --- |
${rows.map(line).join('')}`

const line = ({ what, measured, unit, goal, reached, notMeasured }) =>
  notMeasured === undefined
    ? `| ${what} | ${measured} ${unit} | ${goal === undefined ? '' : `${goal}${reached ? '' : ', missed'}`} |\n`
    : `| ${what} | not measured: ${notMeasured} | |\n`
