import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { layoutOf } from '../../cli/tree/layout.ts'
import { edit, fixtures, folder, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

const LIST = (...resources: string[]): string => JSON.stringify({ resources })
const STACK = 'resources: [object.yaml]\n'

/** The files of the stacks that an environment of these kustomizations has. */
function placesOf(kustomizations: Record<string, string>, folder: string): string[] {
  const root = tree(
    Object.fromEntries(Object.entries(kustomizations).map(([at, text]) => [join(at, 'kustomization.yaml'), text])),
  )
  return [...layoutOf(join(root, folder)).stacks].map(([file, stack]) => `${stack.slice(root.length + 1)}: ${file}`)
}

describe('the place of a stack in the tree', () => {
  const CLUSTER = {
    'base/cert-manager': STACK,
    'overlays/staging': LIST('cert-manager', 'web'),
    'overlays/staging/web': STACK,
    'overlays/staging/cert-manager': LIST('controllers', 'configs'),
    'overlays/staging/cert-manager/controllers': STACK,
    // A stack that only names its base is no list of stacks.
    'overlays/staging/cert-manager/configs': LIST('../../../../base/cert-manager'),
  }
  const CERT_MANAGER = ['controllers', 'configs'].map(
    (part) => `overlays/staging/cert-manager/${part}: cert-manager/${part}/staging/manifests.yaml`,
  )

  test('is its path in the environment, and then the environment', () =>
    expect(placesOf(CLUSTER, 'overlays/staging')).toEqual([
      ...CERT_MANAGER,
      'overlays/staging/web: web/staging/manifests.yaml',
    ]))

  test('is the same where a component or a stack is rendered alone', () => {
    expect(placesOf(CLUSTER, 'overlays/staging/cert-manager')).toEqual(CERT_MANAGER)
    expect(placesOf(CLUSTER, 'overlays/staging/cert-manager/configs')).toEqual(CERT_MANAGER.slice(1))
  })

  test('is the same where a part of an environment lists stacks next to it', () =>
    expect(placesOf({ ...CLUSTER, 'overlays/staging/part': LIST('../cert-manager') }, 'overlays/staging/part')).toEqual(
      CERT_MANAGER,
    ))

  const APPS = { 'apps/base/web': STACK, 'apps/staging': LIST('../base/web') }

  test('is the top of the tree for a stack outside of any environment', () =>
    expect(placesOf(APPS, 'apps/staging')).toEqual(['apps/staging: manifests.yaml']))

  test('is its path in the repository, if it is in one', () =>
    expect(placesOf({ ...APPS, '.git': '' }, 'apps/staging')).toEqual(['apps/staging: apps/staging/manifests.yaml']))
})

const render = (root: string, folder = 'environment', ...args: string[]) =>
  krmHardening(['render', folder, '--output', 'rendered', ...args], { cwd: root })
const verify = (root: string, policy = 'environment') =>
  krmHardening(['verify', 'rendered', '--policy', policy], { cwd: root })
const FILES = ['cluster', 'stacks/blog/app', 'stacks/shop'].map(
  (stack) => `rendered/${stack}/environment/manifests.yaml`,
)
const MARK = '# Made by krm-hardening render --output of environment. Do not edit it.\n'

describe('render into a folder', () => {
  test('writes for each stack what it builds by itself, and nothing the second time', async () => {
    const root = fixtures()
    const first = await render(root)
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stdout.split('\n').slice(0, -1).sort()).toEqual(FILES.map((file) => `wrote ${file}`))
    const alone = await krmHardening(['render', 'environment/stacks/shop'], { cwd: root })
    expect(readFileSync(join(root, FILES[2] ?? ''), 'utf8')).toBe(`${MARK}${alone.stdout}`)
    const second = await render(root)
    expect(second.stdout.split('\n').slice(0, -1).sort()).toEqual(FILES.map((file) => `unchanged ${file}`))
  })

  test('removes what an earlier run wrote for a stack that is gone, and leaves all else', async () => {
    const root = fixtures()
    await render(root)
    const other = join(root, 'rendered/stacks/shop/production/manifests.yaml')
    mkdirSync(dirname(other), { recursive: true })
    writeFileSync(other, MARK.replace('of environment', 'of production'))
    writeFileSync(join(root, 'rendered/README.md'), 'Flux pulls this.\n')
    writeFileSync(join(root, 'environment/stacks/kustomization.yaml'), LIST('shop'))
    expect((await render(root)).stdout).toContain(`removed ${FILES[1]}\n`)
    expect(existsSync(join(root, 'rendered/stacks/blog'))).toBe(false)
    expect([other, join(root, 'rendered/README.md')].filter((file) => !existsSync(file))).toEqual([])
  })

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

  test.each([
    ['jsn', 'expected text, json, sarif, or a folder such as ./jsn (did you mean json?).'],
    ['', 'expected text, json, sarif, or a folder such as ./.'],
  ])('takes %p for a mistake', async (value, message) => {
    const { stderr, exitCode } = await krmHardening(['render', 'environment', '--output', value], { cwd: fixtures() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('verify of the tree', () => {
  let once = ''
  beforeAll(async () => {
    once = fixtures()
    await render(once)
  })
  /** A copy of the environment and its rendering. */
  function rendered(): string {
    const root = folder()
    cpSync(once, root, { recursive: true })
    return root
  }

  test('passes what was rendered', async () => {
    expect(await verify(rendered())).toMatchObject({ exitCode: 0 })
  })

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
    const root = rendered()
    change(root)
    const { stdout, exitCode } = await verify(root)
    expect(exitCode).toBe(1)
    expect(stdout).toContain(message)
  })

  test('takes a policy itself, for every file', async () => {
    const root = rendered()
    // The stack of the cluster has no policy of its own.
    const whole = await verify(root, 'policy/policy.yaml')
    expect(whole.stdout).toContain('error: objects/would-change: security-context-enforcer: Namespace platform: ')
    expect(whole.exitCode).toBe(1)
    rmSync(join(root, 'rendered/cluster'), { recursive: true })
    expect(await verify(root, 'policy/policy.yaml')).toMatchObject({ exitCode: 0 })
  })

  test('fails without a rendering of the environment', async () => {
    const root = fixtures()
    mkdirSync(join(root, 'rendered'))
    const { stderr, exitCode } = await verify(root)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('rendered has neither a kustomization.yaml nor a rendering of environment')
  })
})

test('a folder that cannot be written is left as it was', async () => {
  const root = fixtures()
  writeFileSync(join(root, 'rendered'), 'a file\n')
  chmodSync(join(root, 'rendered'), 0o444)
  const { stderr, exitCode } = await render(root)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('cannot be written') })
  expect(readFileSync(join(root, 'rendered'), 'utf8')).toBe('a file\n')
})
