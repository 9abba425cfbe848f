import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../../../package.json'
import { imageReference } from '../../support/image.ts'
import { type File, filesOf } from '../../support/image-files.ts'
import { podman } from '../../support/podman.ts'
import { root } from '../../support/stacks.ts'
import { Checkout } from './lib/checkout.ts'
import { builtSidecar } from './lib/image.ts'
import { inSidecar, sidecar } from './lib/sidecar.ts'

const FILES = [
  'home/argocd/cmp-server/config/plugin.yaml',
  'opt/krm-hardening/argocd.cjs',
  'opt/krm-hardening/bin/docker',
  'opt/krm-hardening/cli.cjs',
  'opt/krm-hardening/function',
  'opt/krm-hardening/functions.cjs',
  'opt/krm-hardening/images',
  'usr/local/bin/kustomize',
]

describe('the image of the sidecar', () => {
  let config: { User: string; Entrypoint: string[]; Labels: Record<string, string> }
  let own: File[]
  let checkout: Checkout

  beforeAll(() => {
    checkout = new Checkout()
    config = JSON.parse(podman('image', 'inspect', builtSidecar()))[0].Config
    const base = new Set(filesOf(config.Labels['org.opencontainers.image.base.name'] ?? '').map(({ path }) => path))
    own = filesOf(builtSidecar()).filter(({ path }) => !base.has(path) && !path.endsWith('/'))
  })
  afterAll(() => checkout.remove())

  const contentOf = (path: string): string => {
    const { stdout, status } = inSidecar(['cat', `/${path}`], { checkout: checkout.folder, path: '.' })
    expect(status).toBe(0)
    return stdout
  }

  test('runs the server of Argo CD, as the user that Argo CD demands', () => {
    expect(config.User).toBe('999')
    expect(config.Entrypoint).toEqual(['/var/run/argocd/argocd-cmp-server'])
    expect(config.Entrypoint).toEqual(sidecar.command)
  })

  test('adds to its base what renders, and nothing else', () => {
    expect(own.map(({ path }) => path).sort()).toEqual(FILES)
  })

  test('lets everyone read what it adds, and nobody write it', () => {
    expect(own.filter(({ mode, owner }) => owner !== '0/0' || !/^-r-[-x]r-[-x]r-[-x]$/.test(mode))).toEqual([])
  })

  test.each([
    ['home/argocd/cmp-server/config/plugin.yaml', 'integrations/argocd/plugin.yaml'],
    ['opt/krm-hardening/bin/docker', 'cli/runtime/docker-stand-in.sh'],
    ['opt/krm-hardening/functions.cjs', 'dist/functions.cjs'],
    ['opt/krm-hardening/function', 'dist/functions.cjs'],
    ['opt/krm-hardening/cli.cjs', 'dist/cli.cjs'],
    ['opt/krm-hardening/argocd.cjs', 'dist/argocd.cjs'],
  ])('has as %s the very bytes of %s', (path, source) => {
    expect(contentOf(path) === readFileSync(join(root, source), 'utf8')).toBe(true)
  })

  test('takes the image that the policy names for the functions', () => {
    expect(contentOf('opt/krm-hardening/images')).toBe(`${imageReference()}\n`)
  })

  test('gives other plugins a docker for `kustomize build`, with the same bytes', () => {
    const how = { checkout: checkout.folder, path: 'overlays/dev/tidb-operator' }
    const built = inSidecar(['kustomize', 'build', '--enable-alpha-plugins', '.'], how)
    const rendered = inSidecar(['node', '/opt/krm-hardening/cli.cjs', 'render', '.'], how)
    expect({ status: built.status, rendered: rendered.status }).toEqual({ status: 0, rendered: 0 })
    expect(built.stdout).toBe(rendered.stdout)
    expect(built.stdout).toContain('kind: NetworkPolicy')
  })

  test('is what the component runs, in this version', () => {
    expect(sidecar.image).toBe(`ghcr.io/hippocampus-dev/krm-hardening-argocd:v${version}`)
  })
})
