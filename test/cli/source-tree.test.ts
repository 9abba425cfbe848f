import { join } from 'node:path'
import { stringify } from 'yaml'
import { checkSourceTree } from '../../cli/checks/index.ts'
import type { SourceTree } from '../../cli/checks/source-tree.ts'
import { describeFinding } from '../../functions/lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { edit, fixtures, removeFolders, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

/** The ids and sentences of what is found. */
const found = (part: Partial<SourceTree>): string[] =>
  checkSourceTree({ folder: '/nowhere', objects: [], files: [], repository: undefined, ...part }).map(
    (finding) => `${finding.severity}: ${finding.id}: ${describeFinding(finding)}`,
  )
const object = (apiVersion: string, kind: string, name: string, more: Fields = {}): KubernetesObject =>
  ({ apiVersion, kind, metadata: { name }, ...more }) as KubernetesObject

describe('the marker of a version', () => {
  const inInfra = (one: KubernetesObject): KubernetesObject => ({
    ...one,
    metadata: { ...one.metadata, namespace: 'infra' },
  })
  const POLICIES = [
    object('image.toolkit.fluxcd.io/v1', 'ImageRepository', 'charts', {
      spec: { image: 'quay.io/jetstack/charts/cert-manager' },
    }),
    object('image.toolkit.fluxcd.io/v1', 'ImagePolicy', 'cert-manager', {
      spec: { imageRepositoryRef: { name: 'charts' }, policy: { semver: { range: '>=1.0.0, <2' } } },
    }),
  ].map(inInfra)
  const SOURCE = `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: cert-manager
spec:
  url: oci://quay.io/jetstack/charts/cert-manager
  ref:
    tag: v1.20.2 # {"$imagepolicy": "infra:cert-manager:tag"}
`
  const of = (text: string, objects: readonly KubernetesObject[] = POLICIES): string[] =>
    found({ objects, files: [{ path: 'source.yaml', text }] })

  test('is right', () => expect(of(SOURCE)).toEqual([]))

  test.each([
    [
      'names no policy',
      SOURCE.replace('infra:cert-manager:tag', 'infra:cert-manage:tag'),
      'error: check/no-such-image-policy: OCIRepository cert-manager: spec.ref.tag: source.yaml: its marker names ImagePolicy infra:cert-manage, which this tree does not have (did you mean infra:cert-manager?)',
    ],
    [
      'names a policy of another namespace',
      SOURCE.replace('infra:cert-manager', 'flux-system:cert-manager'),
      'error: check/no-such-image-policy: OCIRepository cert-manager: spec.ref.tag: source.yaml: its marker names ImagePolicy flux-system:cert-manager, which this tree does not have',
    ],
    [
      'is behind a version outside of the range',
      SOURCE.replace('v1.20.2', 'v2.0.0'),
      'error: check/outside-of-policy: OCIRepository cert-manager: spec.ref.tag: source.yaml: found v2.0.0, which is outside of >=1.0.0, <2, the range of ImagePolicy infra:cert-manager',
    ],
    [
      'is behind a pre-release that the range does not ask for',
      SOURCE.replace('v1.20.2', 'v1.21.0-rc.1'),
      'error: check/outside-of-policy: OCIRepository cert-manager: spec.ref.tag: source.yaml: found v1.21.0-rc.1, which is outside of >=1.0.0, <2, the range of ImagePolicy infra:cert-manager',
    ],
    [
      'is of another chart',
      SOURCE.replace('charts/cert-manager', 'charts/trust-manager'),
      'error: check/policy-of-another-image: OCIRepository cert-manager: spec.ref.tag: source.yaml: it is of quay.io/jetstack/charts/trust-manager, and ImagePolicy infra:cert-manager watches quay.io/jetstack/charts/cert-manager',
    ],
    [
      'is no JSON that Flux reads',
      SOURCE.replace('"$imagepolicy"', '$imagepolicy'),
      'error: check/unreadable-marker: OCIRepository cert-manager: spec.ref.tag: source.yaml: found the marker {$imagepolicy: "infra:cert-manager:tag"}, expected # {"$imagepolicy": "NAMESPACE:NAME"}, with :tag or :name behind it for a part of the image',
    ],
    [
      'is missing',
      SOURCE.replace(/ #.*/, ''),
      'warning: check/unmarked-version: OCIRepository cert-manager: spec.ref.tag: source.yaml: has no marker, and ImagePolicy infra:cert-manager watches its image; expected # {"$imagepolicy": "infra:cert-manager:tag"} behind the tag',
    ],
  ])('%s', (_what, text, finding) => expect(of(text)).toEqual([finding]))

  test('may follow a whole image', () => {
    const pod = (image: string): string =>
      `kind: Pod\nspec:\n  image: ${image} # {"$imagepolicy": "infra:cert-manager"}\n`
    expect(of(pod('quay.io/jetstack/charts/cert-manager:v1.2.3'))).toEqual([])
    expect(of(pod('quay.io/jetstack/charts/other:v0.1.0'))).toEqual([
      expect.stringContaining('check/outside-of-policy: spec.image: source.yaml: found v0.1.0'),
      expect.stringContaining(
        'check/policy-of-another-image: spec.image: source.yaml: it is of quay.io/jetstack/charts/other',
      ),
    ])
  })

  test('may name the policy of another environment of the repository', () => {
    const repository = tree({
      'policies/kustomization.yaml': 'namespace: infra\nresources: [all.yaml]\n',
      'policies/all.yaml': POLICIES.map(({ metadata: { namespace: _, ...metadata }, ...one }) =>
        stringify({ ...one, metadata }),
      ).join('---\n'),
    })
    const of = (text: string): string[] => found({ repository, files: [{ path: 'source.yaml', text }] })
    expect(of(SOURCE)).toEqual([])
    expect(of(SOURCE.replace('infra:', 'shop:'))).toEqual([expect.stringContaining('check/no-such-image-policy')])
  })
})

describe('a dashboard', () => {
  const DASHBOARD = {
    uid: 'flux-cluster',
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: [
      { type: 'row', datasource: null },
      {
        type: 'stat',
        datasource: { type: 'prometheus', uid: '${datasource}' },
        targets: [{ datasource: '$datasource' }],
      },
    ],
    annotations: { list: [{ datasource: { type: 'grafana', uid: '-- Grafana --' } }] },
  }
  const disabled = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' }
  const configMap = (name: string, text: string, annotations: Record<string, string> = disabled): KubernetesObject => ({
    ...object('v1', 'ConfigMap', name, { data: { 'dashboard.json': text } }),
    metadata: { name, annotations, labels: { grafana_dashboard: '1' } },
  })
  const of = (dashboard: object): string[] => found({ objects: [configMap('flux', JSON.stringify(dashboard))] })
  const panel = (datasource: unknown): object => ({ ...DASHBOARD, panels: [{ type: 'stat', datasource }] })
  const AT = 'ConfigMap flux: data["dashboard.json"]'

  test('is right', () => expect(of(DASHBOARD)).toEqual([]))

  test.each([
    [
      'has no uid',
      { ...DASHBOARD, uid: undefined },
      `error: check/dashboard-uid: ${AT}: uid: found none, expected a uid of its own`,
    ],
    [
      'names a data source',
      panel({ type: 'prometheus', uid: 'P1809F7CD0C75ACF3' }),
      `error: check/fixed-datasource: ${AT}: panels[0].datasource: found P1809F7CD0C75ACF3, expected a variable`,
    ],
    [
      'names none',
      panel(null),
      `error: check/fixed-datasource: ${AT}: panels[0].datasource: found null, expected a variable`,
    ],
    [
      'names a variable that is filled in at import alone',
      panel('${DS_PROMETHEUS}'),
      `error: check/fixed-datasource: ${AT}: panels[0].datasource: found \${DS_PROMETHEUS}, expected a variable`,
    ],
  ])('%s', (_what, dashboard, finding) => expect(of(dashboard)).toEqual([expect.stringContaining(finding)]))

  test('that is no JSON is reported without its text', () => {
    const findings = found({ objects: [configMap('flux', '{"title": "hidden", }')] })
    expect(findings).toEqual([expect.stringContaining(`error: check/unreadable-dashboard: ${AT}: is no JSON: `)])
    expect(findings.join()).not.toContain('hidden')
  })

  test('has the uid of another dashboard', () => {
    const objects = ['one', 'two'].map((name) => configMap(name, JSON.stringify(DASHBOARD)))
    expect(found({ objects })).toEqual([
      'error: check/dashboard-uid: ConfigMap two: data["dashboard.json"]: uid: found that of one: data["dashboard.json"], expected a uid of its own',
    ])
  })

  test('would lose its variables to postBuild', () => {
    expect(found({ objects: [configMap('flux', JSON.stringify(DASHBOARD), {})] })).toEqual([
      expect.stringContaining('warning: check/substituted-dashboard: ConfigMap flux: '),
    ])
  })
})

describe('a placeholder', () => {
  const issuer = (email: string): KubernetesObject =>
    object('cert-manager.io/v1', 'ClusterIssuer', 'letsencrypt', { spec: { acme: { email } } })

  test.each(['admin@example.com', 'me@shop.example', 'CHANGE_ME', '<your address>'])('%s is found', (email) =>
    expect(found({ objects: [issuer(email)] })).toEqual([
      `warning: check/placeholder: ClusterIssuer letsencrypt: spec.acme.email: found ${email}, expected your own value`,
    ]),
  )

  test.each(['admin@shop.dev', '${ACME_EMAIL}', 'https://example.com/path'])('%s is no placeholder', (email) =>
    expect(found({ objects: [issuer(email)] })).toEqual([]),
  )

  test('of images is a digest of zeros, wherever it is', () => {
    const image = `registry.example.com/web@sha256:${'0'.repeat(64)}`
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
      spec: { patch: `- value: ${image}\n` },
    })
    expect(found({ objects: [release] })).toEqual([
      'warning: check/placeholder-digest: HelmRelease web: found digests of zeros, expected those of a registry: registry.example.com/web',
    ])
  })
})

describe('the workflows that push components', () => {
  const workflow = (tags: string, ...components: string[]): string =>
    JSON.stringify({
      on: { push: { tags: [tags] } },
      jobs: {
        push: { strategy: { matrix: { component: components } }, steps: [{ run: 'flux push artifact x' }] },
      },
    })
  const TAGS = '*/v[0-9]+.[0-9]+.[0-9]+'
  const repositoryWith = (text: string): string =>
    tree({
      '.github/workflows/push-artifact.yaml': text,
      'overlays/staging/kustomization.yaml': 'resources: [monitoring, web]\n',
      'overlays/staging/monitoring/kustomization.yaml': 'resources: [controllers, configs]\n',
      'overlays/staging/monitoring/controllers/kustomization.yaml': 'resources: [a.yaml]\n',
      'overlays/staging/monitoring/configs/kustomization.yaml': 'resources: [a.yaml]\n',
      'overlays/staging/web/kustomization.yaml': 'resources: [a.yaml]\n',
      'overlays/production/kustomization.yaml': 'resources: [database, web]\n',
      'overlays/production/database/kustomization.yaml': 'resources: [a.yaml]\n',
      'overlays/production/web/kustomization.yaml': 'resources: [a.yaml]\n',
    })
  const of = (text: string): string[] => {
    const repository = repositoryWith(text)
    return found({ folder: join(repository, 'overlays/staging'), repository })
  }

  test('are right', () => expect(of(workflow(TAGS, 'monitoring', 'web', 'database'))).toEqual([]))

  test.each([
    [
      'leave a component out',
      workflow(TAGS, 'web'),
      'its matrix has web, and not monitoring, a component of this environment',
    ],
    [
      'name what is none',
      workflow(TAGS, 'monitoring', 'web', 'data-base'),
      'its matrix has data-base, which is a component of no environment (did you mean database?)',
    ],
    [
      'release any tag',
      workflow('v*', 'monitoring', 'web'),
      'runs for tags v*, expected COMPONENT/v[0-9]+.[0-9]+.[0-9]+',
    ],
  ])('%s', (_what, text, finding) => expect(of(text)).toEqual([expect.stringContaining(finding)]))
})

test('krm-hardening check prints these findings, and ends with 1 for an error', async () => {
  const root = fixtures()
  edit(join(root, 'policy/policy.yaml'), (text) => `${text}  flows: {'shop/web:http': {from: [blog/blog]}}\n`)
  edit(
    join(root, 'environment/stacks/shop/kustomization.yaml'),
    (text) => `${text}images:\n- name: nginx\n  newTag: 1.27.0 # {"$imagepolicy": "infra:nginx:tag"}\n`,
  )
  edit(
    join(root, 'environment/stacks/shop/resources.yaml'),
    (text) => `${text}  externalName: web # {"$imagepolicy": "infra:web"}\n`,
  )
  const { stdout, exitCode } = await krmHardening(['check', 'environment'], { cwd: root })
  expect(exitCode).toBe(1)
  expect(stdout).toContain(
    'error: check/no-such-image-policy: Service web: spec.externalName: environment/stacks/shop/resources.yaml: its marker names ImagePolicy infra:web, which this tree does not have\n',
  )
  expect(stdout).toContain(
    'error: check/no-such-image-policy: images.newTag: environment/stacks/shop/kustomization.yaml: its marker names ImagePolicy infra:nginx, which this tree does not have\n',
  )
  expect(stdout).toContain('1 flows match\n')
})
