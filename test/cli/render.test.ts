import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLineWith, FIXTURES, fixtures, krmHardening, kustomizeBuild, removeFolders } from './lib/command-line.ts'

afterAll(removeFolders)

const ENVIRONMENT = join(FIXTURES, 'environment')

describe('render', () => {
  test('prints what Kustomize builds, with the functions run', async () => {
    const expected = await kustomizeBuild(join(ENVIRONMENT, 'stacks/shop'))
    const { stdout, stderr, exitCode } = await krmHardening(['render', 'stacks/shop'], { cwd: ENVIRONMENT })
    expect(exitCode).toBe(0)
    expect(stdout).toBe(expected.stdout)
    expect(stdout).toContain('allowPrivilegeEscalation: false')
    expect(stderr).toMatch(/^krm-hardening: using kustomize .*named by KUSTOMIZE/)
  })

  test('builds the folder where it stands, when it is told none', async () => {
    const { stdout, exitCode } = await krmHardening(['render'], { cwd: join(ENVIRONMENT, 'stacks/shop') })
    expect(exitCode).toBe(0)
    expect(stdout).toBe((await kustomizeBuild(join(ENVIRONMENT, 'stacks/shop'))).stdout)
  })

  test('builds from the root folder too, where containers start and Kustomize runs no functions', async () => {
    const { stdout, exitCode } = await krmHardening(['render', join(ENVIRONMENT, 'stacks/shop')], { cwd: '/' })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('allowPrivilegeEscalation: false')
  })

  test('passes on what the functions say, and shows no progress where nobody watches', async () => {
    const { stderr } = await krmHardening(['render', 'stacks/shop'], { cwd: ENVIRONMENT })
    expect(stderr).toContain('info: security-context-enforcer: changed')
    expect(stderr).not.toContain('✓')
  })

  test('writes one List of objects as JSON for machines', async () => {
    const { stdout } = await krmHardening(['render', 'environment', '--output', 'json'], { cwd: FIXTURES })
    const list = JSON.parse(stdout)
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' })
    expect(list.items.map(({ kind }: { kind: string }) => kind)).toContain('CronJob')
    expect(list.items.find(({ kind }: { kind: string }) => kind === 'Widget').metadata.name).toBe('123')
  })

  test('needs no docker, and leaves nothing behind', async () => {
    const before = leftovers()
    const { exitCode } = await krmHardening(['render', 'environment'], {
      cwd: FIXTURES,
      env: { PATH: '/usr/bin:/bin' },
    })
    expect(exitCode).toBe(0)
    expect(leftovers()).toEqual(before)
  })

  test('takes a mirrored copy of the image for ours when told', async () => {
    const mirrored = fixtures()
    const policy = join(mirrored, 'policy/policy.yaml')
    const image = 'registry.example.com/mirror/krm-hardening:v0.1.0'
    writeFileSync(policy, readFileSync(policy, 'utf8').replace(/image: .*/, `image: ${image}`))
    const expected = (await krmHardening(['render', 'environment'], { cwd: FIXTURES })).stdout
    const byOption = await krmHardening(['render', '--image', image, 'environment'], { cwd: mirrored })
    const byEnvironment = await krmHardening(['render', 'environment'], {
      cwd: mirrored,
      env: { KRM_HARDENING_IMAGE: `other.example.com/image:v1, ${image}` },
    })
    expect(byOption.stdout).toBe(expected)
    expect(byEnvironment.stdout).toBe(expected)
  })

  test('refuses an exec policy, for which Kustomize would skip the functions in silence', async () => {
    const root = fixtures()
    const policy = join(root, 'policy/policy.yaml')
    writeFileSync(
      policy,
      readFileSync(policy, 'utf8').replace(/container:\n *image: .*/, 'exec:\n        path: ./harden'),
    )
    const { stdout, stderr, exitCode } = await krmHardening(['render', 'environment'], { cwd: root })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('has an exec annotation, for which Kustomize skips the functions in silence')
  })
})

describe('render --diff', () => {
  // Labels every Deployment and adds a Service, so that these tests do not depend on what the functions do.
  const withLabel = commandLineWith(`
    const list = require('node:fs').readFileSync(0, 'utf8')
    process.stdout.write(list
      .replace(/^(- apiVersion: apps\\/v1\\n  kind: Deployment\\n  metadata:\\n)/gm, '$1    labels:\\n      hardened: "yes"\\n')
      .replace(/^functionConfig:/m, '- {apiVersion: v1, kind: Service, metadata: {name: extra, namespace: shop}}\\nfunctionConfig:'))
  `)

  test('shows what hardening changed and added, object by object', async () => {
    const { stdout, exitCode } = await withLabel(['render', '--diff', 'environment/stacks/shop'], { cwd: FIXTURES })
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      [
        '--- /dev/null',
        '+++ hardened/Service shop/extra',
        '@@ -0,0 +1,5 @@',
        '+apiVersion: v1',
        '+kind: Service',
        '+metadata:',
        '+  name: extra',
        '+  namespace: shop',
      ].join('\n'),
    )
    expect(stdout).toContain(
      [
        '--- plain/Deployment shop/web',
        '+++ hardened/Deployment shop/web',
        '@@ -1,6 +1,8 @@',
        ' apiVersion: apps/v1',
        ' kind: Deployment',
        ' metadata:',
        '+  labels:',
        '+    hardened: "yes"',
        '   name: web',
      ].join('\n'),
    )
    expect(stdout).not.toContain('Namespace')
  })

  test('lists the same as JSON for machines', async () => {
    const { stdout } = await withLabel(['render', '--diff', '-o', 'json', 'environment/stacks/shop'], { cwd: FIXTURES })
    expect(JSON.parse(stdout)).toMatchObject([
      { change: 'added', object: 'Service shop/extra' },
      { change: 'changed', object: 'Deployment shop/web', diff: expect.stringContaining('+    hardened: "yes"') },
    ])
  })

  test('takes a generated ConfigMap under another hash for the same object', async () => {
    const withData = commandLineWith(`
      const list = require('node:fs').readFileSync(0, 'utf8')
      process.stdout.write(list.replace('motd: shop', 'motd: hardened'))
    `)
    const { stdout } = await withData(['render', '--diff', '-o', 'json', 'environment/stacks/shop'], { cwd: FIXTURES })
    const changes = JSON.parse(stdout)
    expect(changes.map(({ change }: { change: string }) => change)).toEqual(['changed', 'changed'])
    expect(changes[0].diff).toContain('-  motd: shop\n+  motd: hardened')
  })

  test('prints nothing where hardening changes nothing', async () => {
    const { stdout, exitCode } = await krmHardening(['render', '--diff', 'environment/cluster'], { cwd: FIXTURES })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 })
  })

  test('is coloured where that is wanted, and never against NO_COLOR', async () => {
    const args = ['render', '--diff', 'environment/stacks/shop']
    const plain = await withLabel(args, { cwd: FIXTURES })
    const coloured = await withLabel(args, { cwd: FIXTURES, env: { FORCE_COLOR: '1' } })
    const refused = await withLabel(args, { cwd: FIXTURES, env: { FORCE_COLOR: '1', NO_COLOR: '1' } })
    expect(coloured.stdout).toContain('\u001b[32m+    hardened: "yes"\u001b[39m')
    expect(plain.stdout).not.toContain('\u001b[')
    expect(refused.stdout).toBe(plain.stdout)
  })
})

const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('krm-hardening-'))
