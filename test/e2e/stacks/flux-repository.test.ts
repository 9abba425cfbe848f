import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { folder, removeFolders } from '../../cli/lib/command-line.ts'
import { changedHomelab, HOMELAB, run } from '../../stacks/lib/homelab.ts'

afterAll(removeFolders)

describe('what Flux pulls', () => {
  const rendered = join(folder(), 'rendered')
  beforeAll(async () => {
    expect(await run(['render', HOMELAB, '--output', rendered])).toMatchObject({ exitCode: 0 })
  })

  test('is proven to be hardened and complete', async () => {
    const verified = await run(['verify', rendered, '--policy', HOMELAB])
    expect([verified.exitCode, verified.stdout.match(/: hardened \(/g)?.length]).toEqual([0, 6])
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
})

test.each(['verify', 'check'])('%s ends with 0', async (command) => {
  expect(await run([command, HOMELAB])).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining('error: ') })
})

describe('is refused, with the reason:', () => {
  test.each([
    [
      'a chart that was bumped without its lock',
      'render',
      changedHomelab('apps/web/echo/app/release.yaml', 'version: 4.0.1', 'version: 4.1.0'),
      'charts/other-version: ',
    ],
    [
      'a source that neither the build nor the policy has',
      'render',
      changedHomelab('hardening/policy.yaml', 'HelmRepository/flux-system/bjw-s:', 'HelmRepository/flux-system/other:'),
      'charts/unresolved-chart: ',
    ],
    [
      'a key of sources that is not one',
      'render',
      changedHomelab('hardening/policy.yaml', 'HelmRepository/flux-system/bjw-s:', 'bjw-s:'),
      'policy/wrong-key: ',
    ],
  ])('%s', async (_, command, copy, id) => {
    const { exitCode, stdout, stderr } = await run([command, copy])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`error: ${id}`)
  })

  test('a URL in the policy that the source no longer has', async () => {
    const copy = changedHomelab('flux/meta/repos/app-template.yaml', 'ghcr.io/bjw-s-labs', 'ghcr.io/elsewhere')
    const { exitCode, stderr } = await run(['check', copy])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('charts/other-chart: ')
  })

  test('a file in the rendering that belongs to no stack', async () => {
    const copy = folder()
    expect(await run(['render', HOMELAB, '--output', copy])).toMatchObject({ exitCode: 0 })
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
