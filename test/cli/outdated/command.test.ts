import { tree } from '../lib/command-line.ts'
import { outdated, patched, saidOf, source } from './lib/acme.ts'

describe('the command', () => {
  test('looks only at what is named', async () => {
    const files = {
      'source.yaml': source('    tag: v1.2.3\n'),
      'kustomization.yaml': 'images:\n- name: quay.io/acme/web\n  newTag: 1.4.1\n',
    }
    expect(await saidOf(files, '--only', 'web')).toMatchObject({ pins: 1, outdated: [{ name: 'quay.io/acme/web' }] })
  })

  test('refuses an unknown name, and names the one that was meant', async () => {
    const { stderr, exitCode } = await outdated(tree({ 'source.yaml': source('    tag: v1.2.3\n') }), '--only', 'shopp')
    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: shopp: found no chart or image of this name in the tree (did you mean shop?)\n',
      exitCode: 2,
    })
  })

  test('ends with 0 if everything is the newest', async () => {
    const { stdout, exitCode } = await outdated(tree({ 'source.yaml': source('    tag: v2.0.0\n') }))
    expect({ stdout, exitCode }).toEqual({ stdout: '1 pinned, 0 outdated\n', exitCode: 0 })
  })

  test('refuses a path that is not a folder', async () => {
    const { stderr, exitCode } = await outdated(tree({}), 'nowhere')
    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: nowhere is no folder; expected one with manifests\n',
      exitCode: 2,
    })
  })

  test('reads bases outside of the folder that it is given', async () => {
    const root = tree({
      'base/kustomization.yaml': 'resources: [source.yaml]\n',
      'base/source.yaml': source('    tag: v1.2.3\n'),
      'overlay/kustomization.yaml': 'resources: [../base]\n',
    })
    const { stdout } = await outdated(root, 'overlay')
    expect(stdout).toContain('base/source.yaml:9 spec.ref.tag\n')
  })
})

test('a patch applies to a file with a space in its name, line ends of Windows and no line end at its end', async () => {
  const text = (tag: string): string => `images:\r\n- name: quay.io/acme/web\r\n  newTag: ${tag}`
  const files = { 'my web/kustomization.yaml': text('1.4.1') }
  expect(await patched(files)).toEqual({ 'my web/kustomization.yaml': text('1.5.0') })
})
