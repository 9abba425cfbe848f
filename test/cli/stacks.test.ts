import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { changedSince } from '../../cli/tree/changed.ts'
import { sourcesOf } from '../../cli/tree/sources.ts'
import { edit, kustomizeBuild, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

const ROOT = join(__dirname, '../..')
const POD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n'

/** A tree of these files in a repository of its own, all committed. */
function repository(files: Readonly<Record<string, string>>): string {
  const root = tree(files)
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root })
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message=all')
  return root
}

/** Everything that a kustomization can name, once. */
const EVERY_PATH = {
  'stack/kustomization.yaml': `resources: [settings.yaml, ../base]
components: [component]
crds: [types.json]
configurations: [references.yaml]
openapi: {path: schema.json}
patches: [{path: patch.yaml}, {patch: "{}", target: {kind: Pod}}]
patchesStrategicMerge: [merge.yaml, "{apiVersion: v1,\\nkind: Pod}"]
patchesJson6902: [{path: json.yaml, target: {version: v1, kind: ConfigMap, name: settings}}]
replacements: [{path: replacement.yaml}]
configMapGenerator: [{name: a, files: [plain.txt, key=named.txt], envs: [more.env], env: one.env}]
secretGenerator: [{name: b, files: [secret.txt]}]
generators: [generator.yaml]
transformers: [policy]
validators: [validator.yaml]
`,
  'base/kustomization.yml': 'resources: [base.yaml]\n',
  'stack/component/kustomization.yaml': 'kind: Component\npatches: [{path: inner.yaml}]\n',
  'stack/policy/kustomization.yaml': 'resources: [policy.yaml]\npatches: [{path: layer.yaml}]\n',
  ...Object.fromEntries(
    [
      ...['settings.yaml', 'types.json', 'references.yaml', 'schema.json', 'patch.yaml', 'merge.yaml', 'json.yaml'],
      ...['replacement.yaml', 'plain.txt', 'named.txt', 'more.env', 'one.env', 'secret.txt', 'generator.yaml'],
      ...['validator.yaml', 'component/inner.yaml', 'policy/policy.yaml', 'policy/layer.yaml', '../base/base.yaml'],
    ].map((name) => [join('stack', name), POD]),
  ),
}

describe('the files that a build reads', () => {
  test('are all that kustomizations name, of every field that takes a path', () => {
    const root = tree({ ...EVERY_PATH, 'stack/README.md': 'not read' })
    const { files, more } = sourcesOf(join(root, 'stack'))
    expect(more).toBeUndefined()
    expect(files.map((file) => relative(root, file)).sort()).toEqual(Object.keys(EVERY_PATH).sort())
  })

  test.each([
    ['a chart', 'helmCharts: [{name: x}]', 'has the field helmCharts'],
    ['a file of another tree', 'resources: ["https://example.com/a.yaml"]', 'names https://example.com/a.yaml'],
    ['a transformer of Kustomize', 'transformers: [builtin.yaml]', 'has a transformer of Kustomize'],
    [
      'one in place',
      'transformers: ["apiVersion: builtin\\nkind: PatchTransformer\\npath: p.yaml"]',
      'has a transformer',
    ],
    ['a function with a mount', 'transformers: [mount.yaml]', 'has a transformer of Kustomize, or a function'],
    ['a link', 'resources: [link.yaml]', 'is reached through a link'],
  ])('are not known to be all if there is %s', (_, line, reason) => {
    const root = tree({
      'kustomization.yaml': `${line}\n`,
      'builtin.yaml': 'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: p}\npath: p.yaml\n',
      'mount.yaml':
        'metadata:\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: x, mounts: []}\n      mounts: []\n',
      'settings.yaml': POD,
    })
    symlinkSync('settings.yaml', join(root, 'link.yaml'))
    expect(sourcesOf(root).more).toContain(reason)
  })

  test('are known, even if a probe runs a program', () => {
    const root = tree({
      'kustomization.yaml': 'resources: [pod.yaml]\n',
      'pod.yaml': 'spec: {containers: [{livenessProbe: {exec: {command: [ls]}}}]}\n',
    })
    expect(sourcesOf(root).more).toBeUndefined()
  })
})

describe('stacks that may differ from a revision', () => {
  test('are those of which a file changed, wherever a kustomization names it', async () => {
    const root = repository({
      ...EVERY_PATH,
      'README.md': 'x',
      'other/kustomization.yaml': 'resources: [a.yaml]\n',
      'other/a.yaml': POD,
    })
    const stacks = [join(root, 'stack'), join(root, 'other')]
    const changed = async (): Promise<string[]> =>
      (await changedSince('HEAD', stacks)).map(({ folder }) => relative(root, folder))
    expect(await changed()).toEqual([])
    edit(join(root, 'README.md'), () => 'y')
    expect(await changed()).toEqual([])
    for (const file of Object.keys(EVERY_PATH)) {
      edit(join(root, file), (text) => `${text}\n`)
      expect([file, await changed()]).toEqual([file, ['stack']])
      execFileSync('git', ['checkout', '--quiet', file], { cwd: root })
    }
  })

  test('include those with a file that Git does not track, because nothing says what it was', async () => {
    const root = repository({ 'kustomization.yaml': 'resources: [a.yaml]\n', '.gitignore': 'a.yaml\n' })
    const [before] = await changedSince('HEAD', [root])
    expect(before?.because).toContain('names a.yaml, which is no file of this tree')
    cpSync(join(ROOT, 'kustomization.yaml'), join(root, 'a.yaml'))
    const [after] = await changedSince('HEAD', [root])
    expect(after?.because).toMatch(/a\.yaml differs$/)
  })
})

describe('krm-hardening stacks', () => {
  const environment = (): string =>
    repository({
      'all/kustomization.yaml': 'resources: [../one, ../two]\n',
      'one/kustomization.yaml': 'resources: [a.yaml]\n',
      'one/a.yaml': POD,
      'two/kustomization.yaml': 'resources: [b.yaml]\n',
      'two/b.yaml': POD.replace('settings', 'other'),
    })

  test('lists the stacks of an environment, a line each or as JSON', async () => {
    const cwd = environment()
    expect((await krmHardening(['stacks', 'all'], { cwd })).stdout).toBe('one\ntwo\n')
    expect((await krmHardening(['stacks', '-o', 'json', 'all'], { cwd })).stdout).toBe('["one","two"]\n')
    expect((await krmHardening(['stacks', 'one'], { cwd })).stdout).toBe('one\n')
  })

  test('lists only what may differ, and render renders only that', async () => {
    const cwd = environment()
    edit(join(cwd, 'two/b.yaml'), (text) => text.replace('other', 'another'))
    expect((await krmHardening(['stacks', '--since', 'HEAD', 'all'], { cwd })).stdout).toBe('two\n')
    const { stdout, stderr } = await krmHardening(['render', '--since', 'HEAD', 'all'], { cwd })
    expect(stdout).toBe((await kustomizeBuild(join(cwd, 'two'))).stdout)
    expect(stderr).toContain('1 of 2 stacks may differ from HEAD')
    expect(stderr).toContain('two: two/b.yaml differs')
  })

  test('renders nothing, and says so, where nothing differs', async () => {
    const { stdout, stderr, exitCode } = await krmHardening(['render', '--since', 'HEAD', 'all'], {
      cwd: environment(),
    })
    expect([stdout, exitCode]).toEqual(['', 0])
    expect(stderr).toContain('0 of 2 stacks may differ from HEAD')
  })

  test('refuses a revision that Git does not know, and a folder in no repository', async () => {
    const cwd = environment()
    const unknown = await krmHardening(['stacks', '--since', '--output=x', 'all'], { cwd })
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, ''])
    expect(unknown.stderr).toContain("bad revision '--output=x'")
    expect(readdirSync(cwd)).not.toContain('x')
    rmSync(join(cwd, '.git'), { recursive: true })
    const without = await krmHardening(['render', '--since', 'HEAD', 'all'], { cwd })
    expect([without.exitCode, without.stdout]).toEqual([2, ''])
    expect(without.stderr).toContain('git rev-parse failed')
  })
})
