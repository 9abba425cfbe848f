import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { chartLocksOf } from '../../cli/policy/chart-locks.ts'
import { filesBelow } from '../../cli/rendered-tree/files.ts'
import { Charts } from '../../functions/lib/charts/charts.ts'
import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { edit, folder, removeFolders } from '../cli/lib/command-line.ts'
import { krmHardening } from '../cli/lib/in-process.ts'
import { objectsOf, root } from '../support/stacks.ts'

// examples/homelab is an environment that no kustomization lists: its stacks are what Flux builds from it.
const HOMELAB = join(root, 'examples/homelab')
const APPS = ['external-secrets/external-secrets', 'network/external', 'network/internal', 'web/echo', 'web/notes']
const target = folder()
afterAll(removeFolders)

const run = (args: readonly string[], cwd = root) => krmHardening(args, { cwd, env: { XDG_CACHE_HOME: target } })

/** A copy of the repository with one file changed. */
function changed(file: string, from: string, to: string): string {
  const copy = folder()
  cpSync(HOMELAB, copy, { recursive: true })
  edit(join(copy, file), (text) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  })
  return copy
}

describe('what Flux pulls', () => {
  const rendered = join(target, 'rendered')
  const objectsAt = (path: string) => objectsOf(readFileSync(join(rendered, path, 'manifests.yaml'), 'utf8'))
  beforeAll(async () => {
    const { exitCode, stderr } = await run(['render', HOMELAB, '--output', rendered])
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error: ')])
  })

  test('has a file for each path of a Kustomization, where the path says', () => {
    expect(filesBelow(rendered)).toEqual(
      [
        ...APPS.map((app) => `apps/${app}/app/manifests.yaml`),
        // Without it, Flux would build the files of the apps with this one.
        'apps/kustomization.yaml',
        'apps/manifests.yaml',
        'flux/cluster/manifests.yaml',
        'flux/meta/manifests.yaml',
      ].sort(),
    )
  })

  test('is proven to be hardened and complete', async () => {
    const verified = await run(['verify', rendered, '--policy', HOMELAB])
    expect([verified.exitCode, verified.stdout.match(/: hardened \(/g)?.length]).toEqual([0, APPS.length + 1])
  })

  test('keeps the conventions, as the source does', async () => {
    const policy = join(HOMELAB, 'flux-conventions.yaml')
    for (const args of [
      ['flux', HOMELAB],
      ['flux', rendered, '--policy', policy],
    ])
      expect(await run(args)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^7 Kustomizations, 33 objects: 0 errors/m),
      })
  })

  test.each(APPS)('runs the pods of %s restricted, each image by digest', (app) => {
    const path = join(HOMELAB, 'apps', app, 'app')
    const [policy] = objectsOf(readFileSync(join(HOMELAB, 'hardening/policy.yaml'), 'utf8'))
    const flux = valueAt(policy, ['spec', 'flux']) as object
    const installed = Charts.of([...objectsAt(`apps/${app}/app`), ...chartLocksOf(path)], flux).objects
    const templates = installed.flatMap((object) => podTemplateOf(object) ?? [])
    expect(templates.length).toBeGreaterThan(0)
    for (const { container } of templates.flatMap(containersOf)) {
      expect(container.image).toMatch(/@sha256:[a-f0-9]{64}$/)
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  test('denies by default in each namespace', () => {
    const denied = objectsAt('apps').filter(({ metadata }) => metadata.name === 'default-deny')
    expect(denied.map(({ metadata }) => metadata.namespace).sort()).toEqual(['external-secrets', 'network', 'web'])
  })
})

test.each(['verify', 'check'])('%s ends with 0', async (command) => {
  expect(await run([command, HOMELAB])).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining('error: ') })
})

describe('is refused, with the reason:', () => {
  test.each([
    [
      'a chart that was bumped without its lock',
      'render',
      changed('apps/web/echo/app/release.yaml', 'version: 4.0.1', 'version: 4.1.0'),
      'charts/other-version: ',
    ],
    [
      'a source that neither the build nor the policy has',
      'render',
      changed('hardening/policy.yaml', 'HelmRepository/flux-system/bjw-s:', 'HelmRepository/flux-system/other:'),
      'charts/unresolved-chart: ',
    ],
    [
      'a key of sources that is not one',
      'render',
      changed('hardening/policy.yaml', 'HelmRepository/flux-system/bjw-s:', 'bjw-s:'),
      'policy/wrong-key: ',
    ],
  ])('%s', async (_, command, copy, id) => {
    const { exitCode, stdout, stderr } = await run([command, copy])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`error: ${id}`)
  })

  test('a URL in the policy that the source no longer has', async () => {
    const copy = changed('flux/meta/repos/app-template.yaml', 'ghcr.io/bjw-s-labs', 'ghcr.io/elsewhere')
    const { exitCode, stderr } = await run(['check', copy])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('charts/other-chart: ')
  })

  test('a file in the rendering that belongs to no stack', async () => {
    const copy = folder()
    cpSync(join(target, 'rendered'), copy, { recursive: true })
    symlinkSync(join(copy, 'apps/manifests.yaml'), join(copy, 'apps/web/more.yaml'))
    const { exitCode, stdout } = await run(['verify', copy, '--policy', HOMELAB])
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('verify/file-of-no-stack')])
  })
})

test('init proposes no policy for a folder that Kustomize does not build', async () => {
  expect(await run(['init', HOMELAB])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('has no kustomization.yaml'),
  })
})
