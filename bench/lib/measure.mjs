import { spawnSync } from 'node:child_process'

/**
 * CPU seconds (user + system, of the whole process tree), wall seconds and peak memory in MB of one run of a shell
 * command. Throws where the command fails: a fast failure is no result.
 */
export function measure(command, env = {}) {
  const started = process.hrtime.bigint()
  const run = spawnSync('bash', ['-c', `TIMEFORMAT='cpu %U %S'; time { ${command}; } >/dev/null 2>&3`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const wall = Number(process.hrtime.bigint() - started) / 1e9
  if (run.status !== 0) throw new Error(`exit ${run.status}: ${command}\n${run.output[3]}`)
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(run.stderr)
  const [, memory] = /peak (\d+)/.exec(run.output[3]) ?? []
  return { cpu: Number(user) + Number(system), wall, memory: memory && Number(memory) / 1024 }
}

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Median of the ratios of two commands run in turn, A B A B, so that a drift of the machine touches both alike. */
export function ratio(a, b, { runs, by = 'cpu' }) {
  a.prepare?.()
  const pairs = Array.from({ length: runs + 1 }, () => [measure(a.command, a.env)[by], measure(b.command, b.env)[by]])
  return median(pairs.slice(1).map(([x, y]) => x / y))
}
