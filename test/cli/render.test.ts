import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diffObjects } from '../../cli/render/diff.ts'
import { splitBuild } from '../../cli/render/documents.ts'
import { FIXTURES, fixtures, folder, kustomizeBuild, removeFolders } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

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

  test('builds the current folder by default', async () => {
    const { stdout, exitCode } = await krmHardening(['render'], { cwd: join(ENVIRONMENT, 'stacks/shop') })
    expect(exitCode).toBe(0)
    expect(stdout).toBe((await kustomizeBuild(join(ENVIRONMENT, 'stacks/shop'))).stdout)
  })

  test('builds from the root folder too, where containers start and Kustomize runs no functions', async () => {
    const { stdout, exitCode } = await krmHardening(['render', join(ENVIRONMENT, 'stacks/shop')], { cwd: '/' })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('allowPrivilegeEscalation: false')
  })

  test('passes on what the functions say, and shows no progress where stderr is no terminal', async () => {
    const { stderr } = await krmHardening(['render', 'stacks/shop'], { cwd: ENVIRONMENT })
    expect(stderr).toContain('info: objects/changed: security-context-enforcer: changed')
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
    const temporary = folder()
    const { exitCode } = await krmHardening(['render', 'environment'], {
      cwd: FIXTURES,
      env: { PATH: '/usr/bin:/bin', TMPDIR: temporary },
    })
    expect(exitCode).toBe(0)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('takes a mirrored copy of the image for ours if it is named', async () => {
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
  const diff = (args: readonly string[] = [], env = {}) =>
    krmHardening(['render', '--diff', ...args, 'environment/stacks/shop'], { cwd: FIXTURES, env })

  test('shows what hardening changed, object by object, and nothing else', async () => {
    const { stdout, exitCode } = await diff()
    expect(exitCode).toBe(0)
    expect(stdout).toContain('--- plain/Deployment shop/web\n+++ hardened/Deployment shop/web\n@@ ')
    expect(stdout).toContain('+          allowPrivilegeEscalation: false\n')
    expect(stdout).not.toContain('Service shop/web')
  })

  test('lists the same as JSON for machines', async () => {
    const { stdout } = await diff(['-o', 'json'])
    expect(JSON.parse(stdout)).toContainEqual({
      change: 'changed',
      object: 'Deployment shop/web',
      diff: expect.stringContaining('+          allowPrivilegeEscalation: false'),
    })
  })

  test('prints nothing if hardening changes nothing', async () => {
    const { stdout, exitCode } = await krmHardening(['render', '--diff', 'environment/cluster'], { cwd: FIXTURES })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 })
  })

  test('is coloured on request, unless NO_COLOR is set', async () => {
    const plain = await diff()
    const coloured = await diff([], { FORCE_COLOR: '1' })
    const refused = await diff([], { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect(coloured.stdout).toContain('\u001b[32m+          allowPrivilegeEscalation: false\u001b[39m')
    expect(plain.stdout).not.toContain('\u001b[')
    expect(refused.stdout).toBe(plain.stdout)
  })
})

describe('the difference between two renderings', () => {
  const configMap = (name: string, motd: string): string =>
    `apiVersion: v1\ndata:\n  motd: ${motd}\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\n`
  const changes = (plain: string, hardened: string) => diffObjects(splitBuild(plain), splitBuild(hardened))

  test('has objects that were added and removed', () => {
    const text = configMap('extra', 'hello')
    expect(changes('', text)).toEqual([
      {
        change: 'added',
        object: 'ConfigMap shop/extra',
        diff: `--- /dev/null\n+++ hardened/ConfigMap shop/extra\n@@ -0,0 +1,7 @@\n${text.replaceAll(/^(?=.)/gm, '+')}`,
      },
    ])
    expect(changes(text, '')).toMatchObject([{ change: 'removed', object: 'ConfigMap shop/extra' }])
  })

  test('takes a generated ConfigMap with another hash for the same object', () => {
    const [change, ...others] = changes(configMap('web-bb7k2tmtg9', 'shop'), configMap('web-9tmt2k7gbb', 'hardened'))
    expect(others).toEqual([])
    expect(change).toMatchObject({ change: 'changed', object: 'ConfigMap shop/web-9tmt2k7gbb' })
    expect(change?.diff).toContain('-  motd: shop\n+  motd: hardened')
  })

  test('names the types of values that may be secret, says which changed, and prints none', () => {
    const pod = (variable: string, added: string): string => `apiVersion: v1
kind: Pod
metadata:
  annotations:
    name: hunter-annotation
  name: web
spec:
  containers:
  - args:
    - --token=hunter-argument
${added}    env:
    - name: PASSWORD
      value: ${variable}
    - name: MOTD
      value: |
        hunter-first
        hunter-second
    name: web
`
    const [changed] = changes(pod('hunter-old', ''), pod('hunter-new', '    - --limit=hunter-limit\n'))
    expect(changed?.diff).not.toContain('hunter')
    expect(changed?.diff).toContain(`
   - args:
     - <a string>
+    - <another string>
     env:
     - name: PASSWORD
-      value: <a string>
+      value: <another string>
     - name: MOTD
       value: <a string>
     name: web
`)
  })

  test.each(['data', 'stringData'])('prints no %s of a Secret, and no nested one', (field) => {
    const secret = (value: string): string =>
      `apiVersion: v1\n${field}:\n  name: ${value}\n  nested:\n  - name: ${value}\nkind: Secret\nmetadata:\n  name: login\n`
    expect(changes('', secret('hunter'))[0]?.diff).not.toContain('hunter')
    const [changed] = changes(secret('hunter-old'), secret('hunter-new'))
    expect(changed?.diff).not.toContain('hunter')
    expect(changed?.diff).toContain('-  name: <a string>\n+  name: <another string>\n')
  })
})
