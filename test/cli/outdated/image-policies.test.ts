import { patched, saidOf } from './lib/acme.ts'

describe('an image that a policy of Flux chooses', () => {
  const policy = (image: string, spec: string): string =>
    `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata: {name: web}\nspec: {image: ${image}}\n---\napiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: web}\nspec:\n  imageRepositoryRef: {name: web}\n${spec}`
  const ALL = "  policy: {semver: {range: '>=1.0.0'}}\n"

  test.each<[what: string, text: (tag: string) => string]>([
    [
      'in a field of its own',
      (tag) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  web-version: ${tag} # {"$imagepolicy": "infra:web:tag"}\n`,
    ],
    [
      'as a whole, under another key',
      (tag) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  use: quay.io/acme/web:${tag} # {"$imagepolicy": "infra:web"}\n`,
    ],
  ])('%s moves', async (_what, text) => {
    const files = { 'a.yaml': text('1.4.1'), 'policy.yaml': policy('quay.io/acme/web', ALL) }
    expect((await patched(files))['a.yaml']).toBe(text('1.5.0'))
  })

  test.each<[what: string, spec: string, from: string, to: string | undefined]>([
    [
      'by the versions in their names',
      "  filterTags: {pattern: '^release-(?P<version>[0-9.]+)$', extract: '$version'}\n  policy: {semver: {range: 1.x}}\n",
      'release-1.0.0',
      'release-1.2.0',
    ],
    [
      'by their numbers',
      "  filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: '$ts'}\n  policy: {numerical: {order: asc}}\n",
      'main-aa-100',
      'main-cc-300',
    ],
    [
      'by the alphabet',
      "  filterTags: {pattern: '^[a-z]+$'}\n  policy: {alphabetical: {order: asc}}\n",
      'bullseye',
      'trixie',
    ],
    [
      'unless it is the newest',
      "  filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: '${ts}'}\n  policy: {numerical: {order: asc}}\n",
      'main-cc-300',
      undefined,
    ],
  ])('among tags that are filtered, %s', async (_what, spec, from, to) => {
    const text = (tag: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: quay.io/acme/filtered:${tag} # {"$imagepolicy": "infra:web"}\n`
    const { outdated: found, notCompared } = await saidOf({
      'a.yaml': text(from),
      'policy.yaml': policy('quay.io/acme/filtered', spec),
    })
    expect([found.map((one) => one.to), notCompared]).toEqual([to === undefined ? [] : [to], []])
  })
})
