import { setFlagsFromString } from 'node:v8'
import { plan } from './hardening/plan.ts'
import { run } from './lib/runner/run.ts'
import { readStdin } from './stdin.ts'

// A run is over before the code that V8 of Node 20 optimises at its usual pace has paid for itself; later ones have
// another pace, and not this flag.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000')

// With stdin.ts, the only place that touches stdin, stdout, stderr and the exit code.
async function main(): Promise<void> {
  const answer = await run(readStdin, plan)
  process.stderr.write(answer.stderr)
  process.stdout.write(answer.stdout)
  process.exitCode = answer.exitCode
}

void main()
