import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { walkAll } from '../../../cli/flux/check.ts'
import { folder } from '../lib/command-line.ts'
import { applyEdits, type Edit, flux, found, newBuilder } from './lib/homelab.ts'

describe('a repository as others have it', () => {
  const kustomization = (name: string, path: string, source = 'GitRepository', more = ''): string =>
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  interval: 5m\n  retryInterval: 1m\n  timeout: 2m\n  wait: true\n  prune: true\n  path: ${path}\n  commonMetadata: {labels: {app: ${name}}}\n  sourceRef: {kind: ${source}, name: ${source === 'GitRepository' ? 'flux-system' : name}}\n${more}`
  const sync = (cluster: string): string =>
    kustomization('flux-system', `./clusters/${cluster}`).replace('  wait: true\n  prune: true\n', '  prune: true\n')
  const base = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {domain: "${domain}"}\n'
  const fleet = (): string => {
    const root = folder()
    applyEdits(root, [
      ['.git/HEAD', ''],
      ['apps/app.yaml', base],
      ...['production', 'staging'].flatMap((cluster): Edit[] => [
        [`clusters/${cluster}/flux-system/gotk-sync.yaml`, sync(cluster)],
        [
          `clusters/${cluster}/apps.yaml`,
          kustomization('apps', './apps', 'GitRepository', `  postBuild: {substitute: {domain: ${cluster}.example}}\n`),
        ],
      ]),
    ])
    return root
  }

  test('with several clusters is walked once for each', async () => {
    const walks = await walkAll(fleet(), newBuilder())
    expect(walks.map(({ apps }) => apps.map(({ objects }) => objects.map(({ object }) => object.data)))).toEqual([
      [expect.anything(), [{ domain: 'production.example' }]],
      [expect.anything(), [{ domain: 'staging.example' }]],
    ])
  })

  test('builds what an ArtifactGenerator cuts from it, and nothing from the artifacts of others', async () => {
    const generator = (name: string, source: string): string =>
      `apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  sources: [{alias: git, kind: GitRepository, name: ${source}}]\n  artifacts: [{name: ${name}, copy: [{from: "@git/deploy/${name}/**", to: "@artifact/app/"}]}]\n`
    const root = folder()
    applyEdits(root, [
      ['.git/HEAD', ''],
      ['clusters/home/flux-system/gotk-sync.yaml', sync('home')],
      ['clusters/home/own.yaml', kustomization('own', './app', 'ExternalArtifact')],
      ['clusters/home/other.yaml', kustomization('other', './app', 'ExternalArtifact')],
      ['clusters/home/generators.yaml', `${generator('own', 'flux-system')}---\n${generator('other', 'elsewhere')}`],
      ['deploy/own/app.yaml', base],
      ['deploy/other/app.yaml', base],
    ])
    const [walk] = await walkAll(root, newBuilder())
    expect(walk?.apps.map(({ entry, state, objects }) => [entry.object.metadata.name, state, objects.length])).toEqual([
      ['flux-system', 'built', 4],
      ['own', 'built', 1],
      ['other', 'external', 0],
    ])
  })

  test('has what is wrong in a file that its clusters share found once, with their names', async () => {
    const root = fleet()
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app}\nspec: {interval: 1h, dependsOn: [{name: nowhere}]}\n`
    applyEdits(root, [['apps/release.yaml', release]])
    const { stdout, exitCode } = await flux([], root)
    expect(exitCode).toBe(1)
    expect(stdout.match(/flux-conventions\/depends-exists.*/g)).toEqual([
      expect.stringMatching(/ \(and in clusters\/staging\)$/),
    ])
    expect(stdout).toMatch(/^ +\d+ findings as in clusters\/production$/m)
    const { apps, findings } = JSON.parse((await flux(['--output', 'json'], root)).stdout)
    const ofRule = (all: { tags: { id: string } }[]) => all.filter(({ tags }) => tags.id.endsWith('depends-exists'))
    expect(ofRule(findings)).toMatchObject([{ clusters: ['clusters/staging'] }])
    expect(apps.map((app: { findings: [] }) => ofRule(app.findings).length)).toEqual([0, 1, 0, 1])
  })

  test('has nothing wrong with what flux bootstrap wrote', async () => {
    expect((await found(fleet())).filter((one) => one.endsWith('flux-system/flux-system'))).toEqual([])
  })

  test('keeps what flux bootstrap wrote, and has a file that its clusters share repaired once', async () => {
    const root = fleet()
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: app}\nspec: {interval: 1h}\n`
    const sync = 'clusters/staging/flux-system/gotk-sync.yaml'
    applyEdits(root, [
      ['apps/release.yaml', release],
      [sync, 'interval: 5m', 'interval: 10m'],
    ])
    const { stderr } = await flux(['--fix'], root)
    expect(stderr.match(/repaired .*/g)).toEqual(['repaired apps/release.yaml'])
    expect(readFileSync(join(root, sync), 'utf8')).toContain('interval: 10m')
  })

  test('is walked from where a part of it is applied, with the sources that are elsewhere', async () => {
    const root = fleet()
    const [walk, ...others] = await walkAll(join(root, 'clusters/staging'), newBuilder())
    expect([walk?.top, others]).toEqual([root, []])
    expect(walk?.apps.map(({ entry }) => entry.object.metadata.name)).toEqual(['flux-system', 'apps'])
  })

  test('may apply another repository, whose paths are none of its own, and an artifact of itself', async () => {
    const root = fleet()
    const other = `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: other, namespace: flux-system}\nspec: {interval: 1h, url: 'https://git.example.com/other'}\n`
    const generator = `apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: parts, namespace: flux-system}\nspec:\n  sources: [{alias: git, kind: GitRepository, name: flux-system}]\n  artifacts: [{name: part, copy: [{from: '@git/apps/**', to: '@artifact/'}]}]\n`
    const whole = (name: string, source: string) => kustomization(name, './', source)
    applyEdits(root, [
      [
        'clusters/production/others.yaml',
        [
          other,
          whole('other', 'GitRepository').replace('name: flux-system}\n', 'name: other}\n'),
          generator,
          whole('part', 'ExternalArtifact'),
        ].join('---\n'),
      ],
    ])
    const [production, staging] = await walkAll(root, newBuilder())
    expect(production?.apps.map(({ entry, state }) => [entry.object.metadata.name, state])).toEqual([
      ['flux-system', 'built'],
      ['apps', 'built'],
      ['part', 'built'],
      ['other', 'external'],
    ])
    expect(staging?.apps).toHaveLength(2)
    expect((await found(root)).filter((one) => one.startsWith('source-'))).toEqual([
      'source-location: GitRepository flux-system/other',
    ])
  })

  test('may have examples in its documentation', async () => {
    const root = fleet()
    applyEdits(root, [['docs/example.yaml', kustomization('example', './nowhere', 'OCIRepository')]])
    const walks = await walkAll(root, newBuilder())
    expect(walks.flatMap(({ apps }) => apps)).toHaveLength(4)
  })
})
