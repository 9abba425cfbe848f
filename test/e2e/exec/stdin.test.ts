import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toResourceList } from '../../support/examples.ts'
import { root } from '../../support/stacks.ts'

const FUNCTIONS = join(root, 'dist/functions.cjs')
const example = (file: string): string =>
  readFileSync(join(root, 'functions/hardening/examples/one-policy-hardens-a-whole-application', file), 'utf8')
const list = toResourceList(example('resources.yaml'), example('policy.yaml'))
const expected = execFileSync(process.execPath, [FUNCTIONS], { input: list, encoding: 'utf8', stdio: 'pipe' })

/** Runs a line of shell, without the startup files that a bash reads whose stdin is a socket, in which `$functions` is the executable and stdin holds the ResourceList. */
const shell = (line: string) =>
  spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', line], {
    input: list,
    encoding: 'utf8',
    env: { ...process.env, functions: FUNCTIONS },
  })

test.each([
  ['a file', 'list=$(mktemp); cat >"$list"; "$functions" <"$list"; rm "$list"'],
  ['a pipe whose writer is slow', '{ head -c 100; sleep 0.2; cat; } | "$functions"'],
  [
    'a pipe that does not wait',
    `{ sleep 0.2; cat; } | perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_NONBLOCK) or die; exec @ARGV' "$functions"`,
  ],
])('reads all of %s', (_what, line) => {
  const { stdout, status } = shell(line)
  expect({ stdout, status }).toEqual({ stdout: expected, status: 0 })
})

test.each([
  ['a folder', '"$functions" </', /EISDIR/],
  ['closed', '"$functions" <&-', /stdin/],
])('refuses a stdin that is %s, and prints nothing', (_what, line, reason) => {
  const { stdout, stderr, status } = shell(line)
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
  expect(stderr).toMatch(/^error: input\/[a-z-]+: stdin .*expected a ResourceList/)
  expect(stderr).toMatch(reason)
})
