import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureGrowth } from './growth.mjs'

// npm run reliability: runs the properties, the evaluation of network policies and the faults, counts what they tried, measures
// how the processor time grows with the input, and writes it to test/reliability/runs.json and docs/reliability.md. `npm run fuzz -- --record test/reliability/fuzz.json` and
// `npm run mutation` add theirs.

const home = mkdtempSync(join(tmpdir(), 'krm-hardening-reliability-'))

/** Runs tests; answers how many passed, and how much they tried. Ends the process if one fails. */
function counted(name, paths) {
  const [config, report, tally] = ['config.json', 'report.json', 'tally'].map((file) => join(home, `${name}-${file}`))
  const root = process.cwd()
  const transform = {
    '\\.(ts|sh)$|/node_modules/(p-limit|yocto-queue)/': '<rootDir>/test/support/esbuild-transform.cjs',
  }
  const settings = {
    rootDir: root,
    transform,
    transformIgnorePatterns: ['/node_modules/(?!p-limit/|yocto-queue/)'],
    setupFiles: ['<rootDir>/test/reliability/count-inputs.ts'],
    testMatch: paths.map((path) => `<rootDir>/${path}`),
    testTimeout: 300_000,
  }
  writeFileSync(config, JSON.stringify(settings))
  writeFileSync(tally, '')
  const { status } = spawnSync('npx', ['jest', '--config', config, '--silent', '--json', '--outputFile', report], {
    stdio: 'inherit',
    env: { ...process.env, TALLY: tally, PROPERTY_FACTOR: '10' },
  })
  if (status !== 0) process.exit(status ?? 1)
  const sums = { tests: JSON.parse(readFileSync(report, 'utf8')).numPassedTests }
  for (const [, what, count] of readFileSync(tally, 'utf8').matchAll(/^(\w+) (\d+)$/gm))
    sums[what] = (sums[what] ?? 0) + Number(count)
  return sums
}

try {
  const runs = {
    properties: counted('properties', [
      'test/properties/*.test.ts',
      'test/*/properties.test.ts',
      'test/lib/hostile-input.test.ts',
      'test/image-mirror-digest/policy.test.ts',
      'test/replication-factor/transform.test.ts',
    ]),
    network: counted('network', ['test/network-policy-default-deny/exactness.test.ts', 'test/cli/connections.test.ts']),
    faults: counted('faults', [
      'test/e2e/cli/cut-short.test.ts',
      'test/cli/files.test.ts',
      'test/e2e/cli/faults.test.ts',
    ]),
    growth: measureGrowth(home),
  }
  writeFileSync('test/reliability/runs.json', `${JSON.stringify(runs, null, 2)}\n`)
} finally {
  rmSync(home, { recursive: true })
}
spawnSync('npm', ['run', 'update', 'docs/reliability.md'], { stdio: 'inherit' })
