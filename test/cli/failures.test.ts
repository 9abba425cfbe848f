import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { kustomize } from '../support/programs.ts'
import {
  CLI,
  commandLineWith,
  FIXTURES,
  fixtures,
  folder,
  krmHardening,
  removeFolders,
  run,
  systemTools,
} from './lib/command-line.ts'

afterAll(removeFolders)

describe('a build that fails', () => {
  test('prints no manifests and names every stack that failed', async () => {
    const root = fixtures()
    for (const stack of ['shop', 'blog/app'])
      writeFileSync(join(root, 'environment/stacks', stack, 'resources.yaml'), 'kind: {')
    const { stdout, stderr, exitCode } = await krmHardening(['render', 'environment'], { cwd: root })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toMatch(/^error: environment\/stacks\/shop does not build:\n/m)
    expect(stderr).toMatch(/^environment\/stacks\/blog\/app does not build:\n/m)
    expect(stderr).toContain('MalformedYAMLError')
  })

  test.each([1, 2, 3])('ends as the functions end: %i', async (code) => {
    const failing = commandLineWith(`process.stderr.write('error: because\\n'); process.exit(${code})`)
    for (const command of [['render'], ['render', '--diff'], ['verify'], ['check']]) {
      const { stdout, stderr, exitCode } = await failing([...command, 'environment/stacks/shop'], { cwd: FIXTURES })
      expect({ command, stdout, exitCode }).toEqual({ command, stdout: '', exitCode: code })
      expect(stderr).toContain('error: because')
    }
  })

  test('says which image was asked for where no engine can run it', async () => {
    const root = fixtures()
    const policy = join(root, 'policy/policy.yaml')
    writeFileSync(policy, readFileSync(policy, 'utf8').replace(/image: .*/, 'image: example.com/other:v1'))
    const { stdout, stderr, exitCode } = await krmHardening(['render', 'environment'], {
      cwd: root,
      env: { PATH: systemTools() },
    })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('environment/stacks/shop does not build')
    expect(stderr).toContain('no container engine found in PATH to run the function image example.com/other:v1')
  })
})

test('says what to do where the temporary folder cannot be written', async () => {
  const { stdout, stderr, exitCode } = await krmHardening(['render', 'environment/stacks/shop'], {
    cwd: FIXTURES,
    env: { TMPDIR: '/absent' },
  })
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  expect(stderr).toContain('/absent takes no folder (ENOENT); set TMPDIR to one that can be written')
})

describe('a call that cannot be understood', () => {
  test.each([
    [['bogus'], "error: unknown command 'bogus'\n(krm-hardening --help says more)"],
    [['rendre'], 'Did you mean render?'],
    [['render', '--bogus'], "error: unknown option '--bogus'\n(krm-hardening render --help says more)"],
    [['render', '-o', 'xml'], 'Allowed choices are text, json'],
    [['render', '--image', 'two words'], 'expected an image reference'],
    [['render', 'a', 'b'], 'error: too many arguments'],
    [['render', 'absent'], 'error: absent is no folder; expected one with a kustomization.yaml'],
    [['render', 'policy/policy.yaml'], 'error: policy/policy.yaml is no folder'],
    [['check', '.'], 'error: . has no kustomization.yaml'],
    [[], 'Usage: krm-hardening'],
  ])('%j ends with 2 and says why', async (args, message) => {
    const { stdout, stderr, exitCode } = await krmHardening(args, { cwd: FIXTURES })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(message)
  })
})

describe('help', () => {
  test.each([[[]], [['render']], [['verify']], [['check']]])(
    'of %j explains exit codes and environment',
    async (command) => {
      const { stdout, exitCode } = await krmHardening([...command, '--help'])
      expect(exitCode).toBe(0)
      expect(stdout).toContain('  2  unusable input, policy or arguments, or a program that is missing\n')
      expect(stdout).toContain('KRM_HARDENING_IMAGE')
      expect(stdout).toContain('$ krm-hardening ')
    },
  )

  test('version is the package’s', async () => {
    const { version } = JSON.parse(readFileSync(join(CLI, '../../package.json'), 'utf8'))
    expect(await krmHardening(['--version'])).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 })
  })
})

describe('a run that is cut short', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('by %s leaves nothing behind', async (signal, exitCode) => {
    const temporary = folder()
    const started = join(folder(), 'started')
    const functions = join(folder(), 'cli.cjs')
    writeFileSync(functions, readFileSync(CLI))
    writeFileSync(
      join(functions, '../functions.cjs'),
      `require('node:fs').writeFileSync('${started}', ''); setTimeout(() => {}, 20_000)`,
    )
    const child = spawn(process.execPath, [functions, 'render', join(FIXTURES, 'environment/stacks/shop')], {
      env: { ...process.env, KUSTOMIZE: kustomize(), TMPDIR: temporary },
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    while (!existsSync(started)) await setTimeout(20)
    expect(readdirSync(temporary)).not.toEqual([])
    child.kill(signal)
    expect(await ended).toBe(exitCode)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('by a reader that has seen enough is no failure', async () => {
    const command = `"$NODE" "$CLI" render environment | head -n 1; printf '%s' "\${PIPESTATUS[0]}"`
    const { stdout } = await run('bash', ['-c', command], {
      cwd: FIXTURES,
      env: { NODE: process.execPath, CLI, KUSTOMIZE: kustomize() },
    })
    expect(stdout).toBe('apiVersion: v1\n0')
  })
})
