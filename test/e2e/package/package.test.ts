import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Ended, folder, type How, removeFolders, run, tree } from '../../cli/lib/command-line.ts'
import { kustomizeProgram } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf, root } from '../../support/stacks.ts'

// The package as npm publishes it, installed into a project that has nothing else.

interface Packed {
  filename: string
  files: { path: string }[]
}

const npm = (cwd: string, ...args: string[]): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe' })

let packed: Packed
let project: string
let registry: Registry
beforeAll(async () => {
  project = folder()
  cpSync(join(__dirname, 'project'), project, { recursive: true })
  npm(project, 'init', '--yes')
  const [answer] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', project)) as [Packed]
  packed = answer
  npm(project, 'install', '--offline', join(project, packed.filename))
  registry = await startRegistry(['docker.io'])
})
afterAll(async () => {
  await registry?.stop()
  removeFolders()
})

const krmHardening = (args: readonly string[], how: How = {}): Promise<Ended> =>
  run(join(project, 'node_modules/.bin/krm-hardening'), args, {
    cwd: project,
    ...how,
    env: { KUSTOMIZE: kustomizeProgram(), ...how.env },
  })

test('the package holds the bundles, their types, schemas, components and default policies, and nothing else', () => {
  const known =
    /^(?:LICENSE|README\.md|package\.json|dist\/(?:argocd|cli|cluster|functions|index)\.cjs|dist\/THIRD-PARTY-LICENSES\.txt|dist\/types\/[\w/-]+\.d\.ts|schemas\/[\w.-]+|components\/[\w./-]+|functions\/kustomization\.yaml|functions\/hardening\/policy\.yaml)$/
  expect(packed.files.map(({ path }) => path).filter((path) => !known.test(path))).toEqual([])
  expect(packed.files.length).toBeLessThan(100)
})

test('the package depends on no other', () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(project, 'node_modules/krm-hardening/package.json'), 'utf8'),
  )
  expect({ dependencies, optionalDependencies, peerDependencies }).toEqual({})
})

describe('its command line', () => {
  test('init proposes a policy, by which render hardens', async () => {
    cpSync(join(project, 'plain'), join(project, 'fresh'), { recursive: true })
    expect(await krmHardening(['init', 'fresh'])).toMatchObject({ exitCode: 0 })
    const { stdout, stderr, exitCode } = await krmHardening(['render', 'fresh'])
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 })
    expect(stdout).toContain('allowPrivilegeEscalation: false')
  })

  test('render hardens by a policy that layers over the defaults in node_modules', async () => {
    const { stdout, stderr, exitCode } = await krmHardening(['render', 'hardened'])
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 })
    expect(stdout).toContain('allowPrivilegeEscalation: false')
    expect(objectsOf(stdout).map(({ kind }) => kind)).toContain('NetworkPolicy')
  })

  test('verify proves it, and check and graph know its flows', async () => {
    expect(await krmHardening(['verify', 'hardened'])).toMatchObject({ exitCode: 0 })
    expect(await krmHardening(['check', 'hardened'])).toMatchObject({ exitCode: 0 })
    const graph = await krmHardening(['graph', 'hardened'])
    expect(graph).toMatchObject({ exitCode: 0 })
    expect(graph.stdout).toContain('web')
  })

  test('status finds the Kubernetes client next to it', async () => {
    const { stderr, exitCode } = await krmHardening(['status', '--kubeconfig', 'nowhere'])
    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: nowhere cannot be read as a kubeconfig: ENOENT\n',
      exitCode: 2,
    })
  })

  test('lock asks a registry for the digests of a policy', async () => {
    const digest = await registry.put('nginx:1.27', 'first')
    const file = 'hardened/hardening/policy.yaml'
    expect(await krmHardening(['lock', file, 'nginx:1.27'], { env: registry.env })).toMatchObject({ exitCode: 0 })
    expect(parse(readFileSync(join(project, file), 'utf8')).spec.images.digests).toEqual({ 'nginx:1.27': digest })
  })
})

describe('in a program', () => {
  const LIST = readFileSync(join(__dirname, 'list.yaml'), 'utf8')
  /** A package that the user has installed too. */
  const withPackage = (name: string): void => {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  }

  test('a function runs under the contract of the kpt-functions SDK', async () => {
    withPackage('kpt-functions')
    copyFileSync(join(__dirname, 'user/embedded.cjs'), join(project, 'embedded.cjs'))
    const { stdout, stderr } = await run(process.execPath, ['embedded.cjs'], { cwd: project })
    expect(stderr).toBe('')
    const { objects, results } = JSON.parse(stdout)
    expect(objects[0].spec.template.spec.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
    })
    expect(results).toEqual([expect.objectContaining({ severity: 'info' })])
  })

  test('a sixth function, compiled strictly against the published types, runs next to the five', async () => {
    withPackage('zod')
    withPackage('@types')
    copyFileSync(join(__dirname, 'user/sixth-function.ts'), join(project, 'sixth-function.ts'))
    const strict = ['--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--types', 'node']
    const tsc = ['--ignoreConfig', ...strict, '--module', 'node20', 'sixth-function.ts']
    const compiled = await run(join(root, 'node_modules/.bin/tsc'), tsc, { cwd: project })
    expect(compiled).toMatchObject({ stdout: '', exitCode: 0 })
    const { stdout, stderr, exitCode } = await run(process.execPath, ['sixth-function.js'], {
      cwd: project,
      stdin: LIST,
    })
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 })
    const { items } = parse(stdout)
    expect(items[0].metadata.labels).toEqual({ team: 'shop' })
    expect(items[0].spec.template.spec.containers[0].securityContext).toBeDefined()
  })

  test('every type can be imported without another package, under every strict option and every way to resolve modules', async () => {
    const user = tree({ 'user.ts': "import * as api from 'krm-hardening'\nexport const { run } = api\n" })
    symlinkSync(join(project, 'node_modules'), join(user, 'node_modules'))
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit']
    for (const how of [
      ['--module', 'node20'],
      ['--module', 'preserve', '--moduleResolution', 'bundler'],
    ]) {
      const args = ['--ignoreConfig', ...strict, '--skipLibCheck', 'false', '--types', '', ...how, 'user.ts']
      expect(await run(join(root, 'node_modules/.bin/tsc'), args, { cwd: user })).toMatchObject({
        stdout: '',
        exitCode: 0,
      })
    }
  })
})
