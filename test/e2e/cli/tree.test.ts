import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { edit, fixtures, removeFolders } from '../../cli/lib/command-line.ts'
import { FILES, render, rendered, verify } from '../../cli/lib/rendered-tree.ts'

afterAll(removeFolders)

describe('render into a folder', () => {
  test('writes nothing if one stack does not build', async () => {
    const root = fixtures()
    writeFileSync(join(root, 'environment/stacks/shop/resources.yaml'), 'kind: [\n')
    expect(await render(root)).toMatchObject({ stdout: '', exitCode: 1 })
    expect(existsSync(join(root, 'rendered'))).toBe(false)
  })

  test('writes nothing if a file that it did not write is in the way', async () => {
    const root = fixtures()
    mkdirSync(dirname(join(root, FILES[2] ?? '')), { recursive: true })
    writeFileSync(join(root, FILES[2] ?? ''), 'kind: Namespace\n')
    const { stderr, exitCode } = await render(root)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error: ${FILES[2]} is in the way: it is no rendering of environment`)
    expect(existsSync(join(root, 'rendered/cluster'))).toBe(false)
  })

  test('writes nothing if a policy or a lock would be left in it', async () => {
    const root = fixtures()
    const resources = join(root, 'environment/stacks/shop/resources.yaml')
    const lock = 'apiVersion: krm-hardening.dev/v1alpha1\nkind: ChartLock\nmetadata: {name: web}\n'
    writeFileSync(resources, `${readFileSync(resources, 'utf8')}---\n${lock}`)
    const { stderr, exitCode } = await render(root)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'stacks/shop/environment/manifests.yaml: error: verify/lock-in-rendering: ChartLock shop/web',
    )
    expect(existsSync(join(root, 'rendered'))).toBe(false)
  })

  test('writes nothing if two stacks render one object, and names both', async () => {
    const root = fixtures()
    const map = '---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shared\n  namespace: shop\n'
    for (const stack of ['environment/cluster', 'environment/stacks/shop'])
      edit(join(root, stack, 'resources.yaml'), (text) => `${text}${map}`)
    const { stderr, exitCode } = await render(root)
    expect([exitCode, existsSync(join(root, 'rendered'))]).toEqual([1, false])
    expect(stderr).toContain(
      'error: verify/rendered-twice: ConfigMap shop/shared: is rendered by both environment/stacks/shop and environment/cluster',
    )
  })
})

describe('verify of the tree', () => {
  test.each<[string, (root: string) => void, string]>([
    [
      'a file that is missing',
      (root) => rmSync(join(root, FILES[2] ?? '')),
      'verify/file-missing: found no stacks/shop/environment/manifests.yaml, expected the rendering of environment/stacks/shop there',
    ],
    [
      'a file that no stack makes',
      (root) => writeFileSync(join(root, dirname(FILES[2] ?? ''), 'more.yaml'), 'kind: Pod\n'),
      'verify/file-of-no-stack: found stacks/shop/environment/more.yaml',
    ],
    [
      'a file that was edited',
      (root) => {
        const file = join(root, FILES[2] ?? '')
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^( *)allowPrivilegeEscalation: false\n/gm, ''))
      },
      'allowPrivilegeEscalation',
    ],
    [
      'an object of another file',
      (root) => {
        const [from = '', to = ''] = [FILES[2], FILES[0]].map((file) => join(root, file ?? ''))
        const [first = ''] = readFileSync(from, 'utf8').split('---\n')
        writeFileSync(to, `${readFileSync(to, 'utf8')}---\n${first}`)
      },
      'verify/rendered-twice: ',
    ],
    [
      'a lock',
      (root) => {
        const file = join(root, FILES[2] ?? '')
        const lock = '---\napiVersion: krm-hardening.dev/v1alpha1\nkind: ChartLock\nmetadata: {name: web}\n'
        writeFileSync(file, `${readFileSync(file, 'utf8')}${lock}`)
      },
      'verify/lock-in-rendering: ChartLock web: ',
    ],
  ])('finds %s', async (_what, change, message) => {
    const root = await rendered()
    change(root)
    const { stdout, exitCode } = await verify(root)
    expect(exitCode).toBe(1)
    expect(stdout).toContain(message)
  })

  test('takes a policy itself, for every file', async () => {
    const root = await rendered()
    // The stack of the cluster has no policy of its own.
    const whole = await verify(root, 'policy/policy.yaml')
    expect(whole.stdout).toContain('error: objects/would-change: security-context-enforcer: Namespace platform: ')
    expect(whole.exitCode).toBe(1)
    rmSync(join(root, 'rendered/cluster'), { recursive: true })
    expect(await verify(root, 'policy/policy.yaml')).toMatchObject({ exitCode: 0 })
  })
})
