import { text } from 'node:stream/consumers'
import { plan } from './hardening/plan.ts'
import { run } from './lib/run.ts'

// The only place that touches stdin, stdout, stderr and the exit code.
async function main(): Promise<void> {
  const answer = await run(await text(process.stdin), plan)
  process.stderr.write(answer.stderr)
  process.stdout.write(answer.stdout)
  process.exitCode = answer.exitCode
}

void main()
