import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../../../package.json'

const root = join(__dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Manager {
  managerFilePatterns: string[]
  matchStrings: string[]
  matchStringsStrategy?: 'recursive'
  datasourceTemplate: string
}

const managersOf = (path: string): Manager[] => (JSON.parse(read(path)) as { customManagers: Manager[] }).customManagers
const HERE = '.github/renovate.json'
const preset = managersOf('integrations/renovate/krm-hardening.json')

/** As Renovate reads a pattern between slashes. Source: https://docs.renovatebot.com/string-pattern-matching/ */
function pattern(text: string): RegExp {
  const expression = /^\/(.*)\/$/.exec(text)?.[1]
  if (expression === undefined) throw new Error(`${text}: expected an expression between slashes`)
  return new RegExp(expression)
}

interface Found {
  datasource: string
  depName?: string
  currentValue?: string
  currentDigest?: string
}

const matches = (text: string, expression: string): RegExpMatchArray[] => [
  ...text.matchAll(new RegExp(expression, 'g')),
]

/** Each expression for itself, or each in what the one before it matched. Source: https://docs.renovatebot.com/modules/manager/regex/ */
function matchesOf({ matchStrings, matchStringsStrategy }: Manager, text: string): RegExpMatchArray[] {
  if (matchStringsStrategy !== 'recursive') return matchStrings.flatMap((expression) => matches(text, expression))
  const [last = '', ...others] = matchStrings.toReversed()
  const texts = others.reduceRight(
    (in_, one) => in_.flatMap((outer) => matches(outer, one).map(([all]) => all)),
    [text],
  )
  return texts.flatMap((inner) => matches(inner, last))
}

/** What the preset, or other managers, find in a file. */
const found = (path: string, text: string, managers: readonly Manager[] = preset): Found[] =>
  managers
    .filter(({ managerFilePatterns }) => managerFilePatterns.some((file) => pattern(file).test(path)))
    .flatMap((manager) =>
      matchesOf(manager, text).map(({ groups }) => ({
        datasource: manager.datasourceTemplate,
        ...groups,
      })),
    )

const IMAGE = 'ghcr.io/hippocampus-dev/krm-hardening'
const docker = (depName: string, currentValue: string, currentDigest?: string): Found => ({
  datasource: 'docker',
  depName,
  currentValue,
  currentDigest,
})

const annotated = (annotation: string): string => `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
  annotations:
    config.kubernetes.io/function: ${annotation}
`

const DIGEST = `sha256:${'0'.repeat(64)}`

test('uses no expression that RE2, which Renovate runs, does not know', () => {
  const expressions = [...preset, ...managersOf(HERE)].flatMap(({ matchStrings, managerFilePatterns }) => [
    ...matchStrings,
    ...managerFilePatterns,
  ])
  expect(expressions.filter((expression) => /\(\?<?[=!]|\\[1-9]|\\k</.test(expression))).toEqual([])
})

describe('finds the image of the functions', () => {
  test('in the policy of this repository', () => {
    const path = 'functions/hardening/policy.yaml'
    expect(found(path, read(path))).toEqual([docker(IMAGE, `v${version}`)])
  })

  test.each([
    ['in block style', `|\n      container:\n        image: ${IMAGE}:v1`, docker(IMAGE, 'v1')],
    ['in flow style', `"container: {image: '${IMAGE}:v1'}"`, docker(IMAGE, 'v1')],
    ['in JSON', `'{"container": {"image": "${IMAGE}:v1.2.3"}}'`, docker(IMAGE, 'v1.2.3')],
    [
      'behind another key',
      `|\n      container:\n        network: false\n        image: ${IMAGE}:v1`,
      docker(IMAGE, 'v1'),
    ],
    ['escaped', `"{\\"container\\": {\\"image\\": \\"${IMAGE}:v1\\"}}"`, docker(IMAGE, 'v1')],
    ['by digest', `|\n      container:\n        image: ${IMAGE}:v1.2.3@${DIGEST}`, docker(IMAGE, 'v1.2.3', DIGEST)],
    [
      'mirrored, at a port',
      '|\n      container:\n        image: registry.example.com:5000/mirror/krm-hardening:v1.2.3',
      docker('registry.example.com:5000/mirror/krm-hardening', 'v1.2.3'),
    ],
  ])('%s', (_style, annotation, expected) =>
    expect(found('overlays/hardening/policy.yaml', annotated(annotation))).toEqual([expected]),
  )

  test('in a patch of the annotation', () => {
    const patch = `- op: replace
  path: /metadata/annotations/config.kubernetes.io~1function
  value: |
    container:
      image: ${IMAGE}:v1
`
    expect(found('overlays/dev/kustomization.yaml', patch)).toEqual([docker(IMAGE, 'v1')])
  })

  test('in an Application of the Argo CD plugin', () => {
    const path = 'docs/argocd.md'
    const [application = ''] =
      /^apiVersion: argoproj\.io\/v1alpha1\nkind: ApplicationSet\n[^`]*/m.exec(read(path)) ?? []
    expect(found('argocd/mimir.yaml', application)).toEqual([
      docker('registry.example.com/mirror/krm-hardening', `v${version}`),
    ])
  })

  const kptfiles = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*Kptfile'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '')

  test('in the Kptfiles of this repository', () => {
    expect(kptfiles.length).toBeGreaterThan(0)
    for (const path of kptfiles) {
      const images = read(path).match(/image:/g) ?? []
      expect([path, found(path, read(path))]).toEqual([path, images.map(() => docker(IMAGE, `v${version}`))])
    }
  })

  test('in a Kptfile, however an entry is written', () => {
    const pipeline = `pipeline:
  mutators:
  - image: ${IMAGE}:v1
    configPath: policy.yaml
  - name: quoted
    image: "${IMAGE}:v1.2@${DIGEST}"
  - {image: ${IMAGE}:v1.2.3, configPath: policy.yaml}
`
    expect(found('base/mimir/Kptfile', pipeline)).toEqual([
      docker(IMAGE, 'v1'),
      docker(IMAGE, 'v1.2', DIGEST),
      docker(IMAGE, 'v1.2.3'),
    ])
  })

  test.each([
    'integrations/github/verify.yaml',
    'integrations/flux/push-artifact.yaml',
    'integrations/flux/release-artifact.yaml',
    'integrations/flux/validate.yaml',
    'integrations/renovate/lock-charts.yaml',
  ])('in a copy of %s', (path) => {
    expect(found('.github/workflows/copy.yaml', read(path))).toEqual([
      {
        datasource: 'github-tags',
        depName: 'hippocampus-dev/krm-hardening',
        currentValue: `v${version}`,
      },
    ])
  })
})

describe('leaves alone', () => {
  test.each([
    [
      'the containers of a pod',
      'spec:\n  containers:\n  - image: nginx:1.27\n  initContainers:\n  - image: nginx:1.27\n',
    ],
    ['the container of an Argo Workflow', 'templates:\n- name: build\n  container:\n    image: alpine:3.22\n'],
    ['another parameter', 'parameters:\n- name: image\n  string: nginx:1.27\n'],
    ['an image without a tag', annotated(`|\n      container:\n        image: ${IMAGE}`)],
    ['an image by its digest alone', annotated(`|\n      container:\n        image: ${IMAGE}@${DIGEST}`)],
    [
      'exec functions',
      annotated('|\n      exec:\n        path: ./harden\nspec:\n  containers:\n  - image: nginx:1.27'),
    ],
  ])('%s', (_what, text) => expect(found('overlays/dev/mimir/x.yaml', text)).toEqual([]))

  test('files that are neither YAML nor Kptfiles', () => {
    expect(found('README.md', annotated(`|\n      container:\n        image: ${IMAGE}:v1`))).toEqual([])
  })
})

test.each([
  ['.github/workflows/release.yaml', 'docker.io/moby/buildkit'],
  ['docker-bake.hcl', 'docker.io/docker/buildkit-syft-scanner'],
])('here it finds what a release is built with: %s', (path, name) => {
  expect(found(path, read(path), managersOf(HERE))).toEqual([
    docker(name, expect.stringMatching(/^v?[\d.]+$/), expect.stringMatching(/^sha256:/)),
  ])
})

describe('the preset for charts', () => {
  const charts = JSON.parse(read('integrations/renovate/charts.json')) as {
    flux: { managerFilePatterns: string[] }
    gitIgnoredAuthors: string[]
    packageRules: { matchFileNames?: string[]; enabled?: boolean }[]
  }

  test('looks into every YAML file, and leaves generated files alone', () => {
    const [file = ''] = charts.flux.managerFilePatterns
    for (const path of ['base/cert-manager/controllers/ocirepository.yaml', 'apps/web.yml'])
      expect(path).toMatch(pattern(file))
    expect(charts.packageRules.filter(({ enabled }) => enabled === false)).toMatchObject([
      { matchFileNames: ['**/*.lock.yaml', '**/manifests.yaml'] },
    ])
  })

  test('goes on with a branch to which the workflow committed locks', () => {
    const [, email = ''] = /user\.email="([^"]+)"/.exec(read('integrations/renovate/lock-charts.yaml')) ?? []
    expect(charts.gitIgnoredAuthors).toEqual([email])
  })
})
