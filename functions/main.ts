import { plan } from './hardening/plan.ts'
import { run } from './lib/runner/run.ts'
import { expectShortRun } from './short-run.ts'
import { readStdin } from './stdin.ts'

expectShortRun()

// With stdin.ts, the only place that touches stdin, stdout, stderr and the exit code.
async function main(): Promise<void> {
  const answer = await run(readStdin, plan)
  process.stderr.write(answer.stderr)
  process.stdout.write(answer.stdout)
  process.exitCode = answer.exitCode
}

void main()
