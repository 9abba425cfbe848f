import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'

// `npm run lint`: runs every `lint:` script of package.json, as many at once as there are cores, and prints what those that
// fail said.

// TypeScript's compiler, which is written in Go, ends before collecting its garbage pays off: collecting it is 40 % of its CPU time.
process.env.GOGC ??= 'off'

/** Does the script end with 0? Prints its output if not. */
const passes = (script) =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(`npm run ${script}, exit code ${code}:\n${Buffer.concat(output)}\n`)
      resolve(code === 0)
    })
  })

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
const limit = pLimit(availableParallelism())
const checks = Object.keys(scripts).filter((name) => name.startsWith('lint:'))
const results = await Promise.all(checks.map((script) => limit(() => passes(script))))
process.exitCode = results.every(Boolean) ? 0 : 1
