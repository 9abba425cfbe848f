import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI, FIXTURES, folder, IMAGE, krmHardening, program, removeFolders, run } from '../../cli/lib/command-line.ts'
import { eventually } from '../../support/eventually.ts'
import { kustomize } from '../../support/programs.ts'

afterAll(removeFolders)

const SHOP = join(FIXTURES, 'environment/stacks/shop')
const CALL =
  'run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true'

/**
 * A kustomize that is in the middle of a function's call: it has written half of the request. It writes its own process ID
 * and the stand-in's into the file `started`, then does `next`.
 */
const inTheMiddle = (started: string, next: string): string =>
  program(
    join(folder(), 'kustomize'),
    `#!${process.execPath}
if (process.argv[2] === 'version') process.stdout.write('v5.5.0\\n')
else {
  const standIn = require('node:child_process').spawn('docker', ${JSON.stringify([...CALL.split(' '), IMAGE])}, {
    stdio: ['pipe', 'inherit', 'inherit', 3],
  })
  standIn.stdin.write('apiVersion: config.kubernetes.io/v1\\nkind: ResourceList\\n', () => {
    require('node:fs').writeFileSync('${started}', process.pid + ' ' + standIn.pid)
    ${next}
  })
}
`,
  )

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // No such process.
    return false
  }
}

/** Fails unless the temporary folder is empty and the processes of the kustomize have ended, or end soon. */
async function expectNothingLeft(temporary: string, started: string): Promise<void> {
  expect(readdirSync(temporary)).toEqual([])
  const pids = readFileSync(started, 'utf8').split(' ').map(Number)
  expect(
    await eventually(
      () => pids.filter(isAlive),
      (alive) => alive.length === 0,
    ),
  ).toEqual([])
}

describe('a run that is cut short', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('by %s leaves no file and no process', async (signal, exitCode) => {
    const temporary = folder()
    const started = join(folder(), 'started')
    const child = spawn(process.execPath, [CLI, 'render', SHOP], {
      env: { ...process.env, KUSTOMIZE: inTheMiddle(started, 'setTimeout(() => {}, 60_000)'), TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let stdout = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    await eventually(() => existsSync(started), Boolean)
    expect(readdirSync(temporary)).not.toEqual([])
    child.kill(signal)
    expect(await ended).toBe(exitCode)
    expect(stdout).toBe('')
    await expectNothingLeft(temporary, started)
  })

  test.each([
    ['kustomize', "process.kill(process.pid, 'SIGKILL')", /kustomize was ended by SIGKILL/],
    [
      'the stand-in',
      "standIn.on('exit', (code, signal) => { console.error('signal:', signal); process.exit(1) }); standIn.kill('SIGKILL')",
      /signal: SIGKILL/,
    ],
  ])('because %s is killed prints nothing and says so', async (_what, next, message) => {
    const temporary = folder()
    const started = join(folder(), 'started')
    const { stdout, stderr, exitCode } = await krmHardening(['render', SHOP], {
      env: { KUSTOMIZE: inTheMiddle(started, next), TMPDIR: temporary },
    })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toMatch(message)
    await expectNothingLeft(temporary, started)
  })

  test('because its reader has seen enough is no failure', async () => {
    const command = `"$NODE" "$CLI" render environment | head -n 1; printf '%s' "\${PIPESTATUS[0]}"`
    const { stdout } = await run('bash', ['-c', command], {
      cwd: FIXTURES,
      env: { NODE: process.execPath, CLI, KUSTOMIZE: kustomize() },
    })
    expect(stdout).toBe('apiVersion: v1\n0')
  })

  test('because the reader of its messages has seen enough is no failure', async () => {
    const command = `"$NODE" "$CLI" render environment 2>&1 >manifests | true; printf '%s' "\${PIPESTATUS[0]}"`
    const cwd = folder()
    const { stdout } = await run('bash', ['-c', command.replace('environment', join(FIXTURES, 'environment'))], {
      cwd,
      env: { NODE: process.execPath, CLI, KUSTOMIZE: kustomize() },
    })
    expect(stdout).toBe('0')
    expect(readFileSync(join(cwd, 'manifests'), 'utf8')).toMatch(/^apiVersion: v1\n/)
  })
})

describe('a full disk', () => {
  const limited = (command: string, temporary: string) =>
    run('bash', ['-c', command], {
      cwd: FIXTURES,
      env: { NODE: process.execPath, CLI, KUSTOMIZE: kustomize(), TMPDIR: temporary },
    })

  test('that takes the manifests ends the run with 2, and the message says so', async () => {
    if (!existsSync('/dev/full')) return
    const { stderr, exitCode } = await limited('"$NODE" "$CLI" render environment >/dev/full', folder())
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error: stdout cannot be written: no space left on the disk (ENOSPC)')
  })

  // The limit on the size of a file stands in for a disk that is full: a write fails in the middle.
  test('that has the temporary folder ends the run with 2, which prints nothing and leaves no file', async () => {
    const temporary = folder()
    const { stdout, stderr, exitCode } = await limited('ulimit -f 1; "$NODE" "$CLI" render environment', temporary)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toMatch(/cannot be written; |EFBIG/)
    expect(readdirSync(temporary)).toEqual([])
  })
})

test('two renders at once do not mix', async () => {
  const runs = ['environment/stacks/shop', 'environment/stacks/blog', 'environment/stacks/shop']
  const alone = await Promise.all(runs.map(async (stack) => krmHardening(['render', stack], { cwd: FIXTURES })))
  for (const [index, { stdout, exitCode }] of alone.entries()) {
    expect(exitCode).toBe(0)
    expect(stdout).toBe((await krmHardening(['render', runs[index] as string], { cwd: FIXTURES })).stdout)
  }
})

test('a kustomize that does not pass on its file descriptors is named', async () => {
  const wrapper = program(join(folder(), 'kustomize'), `#!/bin/sh\nexec '${kustomize()}' "$@" 3>&-\n`)
  const { stdout, stderr, exitCode } = await krmHardening(['render', SHOP], { env: { KUSTOMIZE: wrapper } })
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  expect(stderr).toContain('krm-hardening cannot be reached')
})
