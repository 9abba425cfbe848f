import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { layoutOf } from '../../cli/tree/layout.ts'
import { fixtures, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'
import { FILES, MARK, render, rendered, verify } from './lib/rendered-tree.ts'

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
  test('passes what was rendered', async () => {
    expect(await verify(await rendered())).toMatchObject({ exitCode: 0 })
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
