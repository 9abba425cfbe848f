import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builderWith } from '../support/builder.ts'
import { CLI, edit, FIXTURES, fixtures, removeFolders, krmHardening as start, systemTools } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

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

  test.each([
    [1, 'level: restricted', 'hostNetwork: true\n      containers:', 'error: security-context-enforcer'],
    [2, 'levle: restricted', 'containers:', 'unknown key (did you mean level?)'],
  ])('ends as the functions end: %i', async (code, policy, pod, message) => {
    const root = fixtures()
    edit(join(root, 'policy/policy.yaml'), (text) => text.replace('level: restricted', policy))
    edit(join(root, 'environment/stacks/shop/resources.yaml'), (text) => text.replace('containers:', pod))
    for (const command of [['render'], ['render', '--diff'], ['verify'], ['check']]) {
      const { stdout, stderr, exitCode } = await krmHardening([...command, 'environment/stacks/shop'], { cwd: root })
      expect({ command, stdout, exitCode }).toEqual({ command, stdout: '', exitCode: code })
      expect(stderr).toContain(message)
    }
  })

  test('ends with 3 after a bug in the functions', async () => {
    const builder = builderWith(async () => ({ stdout: '', exitCode: 3 }))
    const { output, exitCode } = await builder.attempt(join(FIXTURES, 'environment/stacks/shop'))
    expect({ output, exitCode }).toEqual({ output: undefined, exitCode: 3 })
  })

  test('says which image was asked for where no engine can run it', async () => {
    const root = fixtures()
    const policy = join(root, 'policy/policy.yaml')
    writeFileSync(policy, readFileSync(policy, 'utf8').replace(/image: .*/, 'image: example.com/other:v1'))
    const { stdout, stderr, exitCode } = await start(['render', 'environment'], {
      cwd: root,
      env: { PATH: systemTools() },
    })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('environment/stacks/shop does not build')
    expect(stderr).toContain('no container engine found in PATH to run the function image example.com/other:v1')
  })
})

test('says what to do where the temporary folder cannot be written', async () => {
  const { stdout, stderr, exitCode } = await start(['render', 'environment/stacks/shop'], {
    cwd: FIXTURES,
    env: { TMPDIR: '/absent' },
  })
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  expect(stderr).toContain(
    '/absent cannot be written: no such file or folder (ENOENT); set TMPDIR to a folder that can',
  )
})

describe('a call that cannot be understood', () => {
  test.each([
    [['bogus'], "error: unknown command 'bogus'\n(krm-hardening --help says more)"],
    [['rendre'], 'Did you mean render?'],
    [['render', '--bogus'], "error: unknown option '--bogus'\n(krm-hardening render --help says more)"],
    [['render', '-o', 'xml'], 'expected text, json, sarif, or a folder such as ./xml.'],
    [['verify', '-o', 'xml'], 'Allowed choices are text, json'],
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
