import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'
import { check, conventionsOf, walkAll } from '../../cli/flux/check.ts'
import { allFindings } from '../../cli/flux/report.ts'
import { filesBelow } from '../../cli/rendered-tree/files.ts'
import { harden } from '../../cli/runtime/functions.ts'
import { RULE_NAMES } from '../../functions/flux-conventions/rules/index.ts'
import { digestOf } from '../../functions/lib/charts/canonical-json.ts'
import { builderWith } from '../support/builder.ts'
import { kustomize } from '../support/programs.ts'
import { CLI, edit, folder, IMAGE, program, removeFolders, run, systemTools } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

const HOMELAB = join(__dirname, '../../examples/homelab')
/** The user's own cache stays as it is. */
const cache = folder()
beforeAll(() => {
  process.env.XDG_CACHE_HOME = cache
})
afterAll(removeFolders)

const newBuilder = (onBuilt?: Parameters<typeof builderWith>[1]) =>
  builderWith(harden, onBuilt, '--load-restrictor', 'LoadRestrictionsNone')

/** A change of one file: text to replace and by what, or the content of a new file. */
type Edit = [file: string, from: string, to: string] | [file: string, content: string]

/** A copy of the example with changes, without its hardening: a lock would not fit an edited release. */
function homelab(...edits: readonly Edit[]): string {
  const root = folder()
  cpSync(HOMELAB, root, { recursive: true })
  for (const file of filesBelow(root).filter((path) => /^apps\/(?:.*\/app\/)?kustomization\.yaml$/.test(path)))
    edit(join(root, file), (text) => text.replace(OF_HARDENING, ''))
  applyEdits(root, edits)
  return root
}

/** The lines of a kustomization that bring the functions in. */
const OF_HARDENING = /^namespace: .*\n|^- .*\.lock\.yaml\n|^transformers:\n(?:- .*\n)+/gm

function applyEdits(root: string, edits: readonly Edit[]): void {
  for (const [file, from, to] of edits) {
    const path = join(root, file)
    if (to === undefined) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, from)
    } else {
      expect(readFileSync(path, 'utf8')).toContain(from)
      edit(path, (text) => text.replace(from, to))
    }
  }
}

/** What is found in a repository: `rule: Kind namespace/name`. */
async function found(root: string): Promise<string[]> {
  // One cache for all copies, so that each test builds only what it changes.
  const walks = await walkAll(root, newBuilder(), HOMELAB)
  const checked = walks.map((walk) => check(walk, conventionsOf(root, undefined)))
  return allFindings(checked).map(({ finding: { id, object } }) => {
    const name = [object?.metadata.namespace, object?.metadata.name].filter(Boolean).join('/')
    return `${id.replace('flux-conventions/', '')}: ${object?.kind} ${name}`
  })
}

test('the example keeps every convention', async () => {
  expect(await found(homelab())).toEqual([])
})

const NOTES = 'apps/web/notes/ks.yaml'
const ECHO = 'apps/web/echo/ks.yaml'
const RELEASE = 'apps/web/notes/app/release.yaml'
const LIST = 'apps/web/notes/app/kustomization.yaml'

/** One defect for each rule, which must be the only finding. */
const DEFECTS: Readonly<Record<string, { edits: Edit[]; found: string }>> = {
  'depends-exists': {
    edits: [[NOTES, 'name: internal\n    namespace: network', 'name: internal']],
    found: 'Kustomization web/notes',
  },
  'depends-cycle': {
    edits: [
      [
        'apps/network/internal/ks.yaml',
        '  interval:',
        '  dependsOn:\n  - name: notes\n    namespace: web\n  interval:',
      ],
    ],
    found: 'Kustomization network/internal',
  },
  schema: { edits: [[RELEASE, '  interval:', '  retryInterval: 2m\n  interval:']], found: 'HelmRelease web/notes' },
  'api-version': { edits: [[RELEASE, 'fluxcd.io/v2', 'fluxcd.io/v2beta2']], found: 'HelmRelease web/notes' },
  'chart-pinned': { edits: [[RELEASE, '4.0.1', '4.x']], found: 'HelmRelease web/notes' },
  'chart-digest': {
    edits: [
      ['flux/meta/repos/kustomization.yaml', '- app-template.yaml', '- app-template.yaml\n- oci.yaml'],
      [
        'flux/meta/repos/oci.yaml',
        'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: chart\nspec:\n  interval: 1h\n  url: oci://registry.example.com/chart\n  ref:\n    tag: 1.2.3\n',
      ],
    ],
    found: 'OCIRepository flux-system/chart',
  },
  'default-password': {
    edits: [[RELEASE, '  values:\n', '  values:\n    auth:\n      password: hunter2\n']],
    found: 'HelmRelease web/notes',
  },
  'secret-kind': {
    edits: [
      [LIST, '- secret.yaml', '- secret.yaml\n- plain.yaml'],
      [
        'apps/web/notes/app/plain.yaml',
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: plain\nstringData:\n  key: hunter2\n',
      ],
    ],
    found: 'Secret web/plain',
  },
  'secret-legacy': {
    edits: [
      [LIST, '- secret.yaml', '- secret.yaml\n- old.sops.yaml'],
      [
        'apps/web/notes/app/old.sops.yaml',
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: old\nstringData:\n  key: ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]\nsops:\n  version: 3.9.4\n',
      ],
    ],
    found: 'Secret web/old',
  },
  'ingress-class': {
    edits: [
      ['apps/web/notes/app/ingress.yaml', 'ingressClassName: internal', 'ingressClassName: external'],
      [
        'apps/web/notes/app/ingress.yaml',
        '  name: notes\nspec',
        '  name: notes\n  annotations:\n    external-dns.alpha.kubernetes.io/target: public.${DOMAIN}\nspec',
      ],
    ],
    found: 'Ingress web/notes',
  },
  'external-dns': {
    edits: [['apps/web/echo/app/ingress.yaml', 'external-dns.alpha.kubernetes.io/target', 'example.com/other']],
    found: 'Ingress web/echo',
  },
  'remote-resource': {
    edits: [[LIST, '- secret.yaml', '- secret.yaml\n- https://raw.githubusercontent.com/example/app/main/crd.yaml']],
    found: 'Kustomization web/notes',
  },
  'source-exists': {
    edits: [[RELEASE, 'name: bjw-s\n        namespace: flux-system', 'name: bjw-s']],
    found: 'HelmRelease web/notes',
  },
  'source-namespace': {
    edits: [[NOTES, 'name: flux-system\n    namespace: flux-system', 'name: flux-system']],
    found: 'Kustomization web/notes',
  },
  substitute: {
    edits: [
      ['apps/web/namespace.yaml', '  name: web\n', '  name: web\n  annotations:\n    example.com/at: ${DOMAIN}\n'],
    ],
    found: 'Namespace web',
  },
  'values-exist': {
    edits: [[RELEASE, '  values:', '  valuesFrom:\n  - kind: ConfigMap\n    name: notes-values\n  values:']],
    found: 'HelmRelease web/notes',
  },
  build: { edits: [[LIST, '- secret.yaml', '- secret.yaml\n- missing.yaml']], found: 'Kustomization web/notes' },
  path: { edits: [[NOTES, './apps/web/notes/app', './apps/web/note/app']], found: 'Kustomization web/notes' },
  readiness: { edits: [[NOTES, 'wait: true', 'wait: false']], found: 'Kustomization web/notes' },
  wait: {
    edits: [
      [
        NOTES,
        'wait: true',
        'healthChecks:\n  - apiVersion: helm.toolkit.fluxcd.io/v2\n    kind: HelmRelease\n    name: notes\n    namespace: web',
      ],
    ],
    found: 'Kustomization web/notes',
  },
  timeout: { edits: [[NOTES, '  timeout: 5m\n', '']], found: 'Kustomization web/notes' },
  prune: { edits: [[NOTES, 'prune: true', 'prune: false']], found: 'Kustomization web/notes' },
  'retries-finite': { edits: [[RELEASE, 'retries: 3', 'retries: -1']], found: 'HelmRelease web/notes' },
  'retries-set': {
    edits: [[RELEASE, '  upgrade:\n    remediation:\n      retries: 3\n', '']],
    found: 'HelmRelease web/notes',
  },
  resources: {
    edits: [
      [RELEASE, '              limits:\n                memory: 64Mi\n', '              # limits: {memory: 64Mi}\n'],
    ],
    found: 'HelmRelease web/notes',
  },
  'namespace-pss': {
    edits: [['apps/web/namespace.yaml', '  labels:\n    pod-security.kubernetes.io/enforce: restricted\n', '']],
    found: 'Namespace web',
  },
  'namespace-exists': {
    edits: [['apps/external-secrets/kustomization.yaml', '- namespace.yaml\n', '# - namespace.yaml\n']],
    found: 'Kustomization external-secrets/external-secrets',
  },
  'target-namespace': {
    edits: [
      [NOTES, '  targetNamespace: web\n', ''],
      [LIST, 'resources:', 'namespace: web\nresources:'],
    ],
    found: 'Kustomization web/notes',
  },
  'interval-tier': {
    edits: [['apps/network/internal/ks.yaml', 'interval: 5m', 'interval: 1h']],
    found: 'Kustomization network/internal',
  },
  'health-checks-ignored': {
    edits: [
      [
        NOTES,
        'wait: true',
        'wait: true\n  healthChecks:\n  - apiVersion: helm.toolkit.fluxcd.io/v2\n    kind: HelmRelease\n    name: notes\n    namespace: web',
      ],
    ],
    found: 'Kustomization web/notes',
  },
  'source-location': {
    edits: [
      ['flux/meta/repos/kustomization.yaml', '- app-template.yaml', '- ../app-template.yaml'],
      ['flux/meta/app-template.yaml', readFileSync(join(HOMELAB, 'flux/meta/repos/app-template.yaml'), 'utf8')],
    ],
    found: 'HelmRepository flux-system/bjw-s',
  },
  'common-metadata': {
    edits: [[NOTES, '  commonMetadata:\n    labels:\n      app.kubernetes.io/name: notes\n', '']],
    found: 'Kustomization web/notes',
  },
  'retry-interval': { edits: [[NOTES, '  retryInterval: 2m\n', '']], found: 'Kustomization web/notes' },
}

test('every rule has a defect', () => {
  expect(Object.keys(DEFECTS).sort()).toEqual([...RULE_NAMES])
})

test.each(Object.entries(DEFECTS))(
  '%s: the defect is found once, and nothing else is',
  async (rule, { edits, found: object }) => {
    expect(await found(homelab(...edits))).toEqual([`${rule}: ${object}`])
  },
)

describe('all defects in one tree', () => {
  // Each in an app of its own, because a defect may hide others: an app that does not build has no other findings.
  const NOTES_FOLDER = 'apps/web/notes'
  const named = (rule: string, text: string): string => text.replaceAll(/\bnotes\b/g, `notes-${rule}`)
  const tree = (): string => {
    const root = homelab()
    for (const [rule, { edits }] of Object.entries(DEFECTS)) {
      const isOfNotes = edits.some(([file]) => file.startsWith(NOTES_FOLDER))
      if (isOfNotes) {
        const app = join(root, named(rule, NOTES_FOLDER))
        cpSync(join(HOMELAB, NOTES_FOLDER), app, { recursive: true })
        cpSync(join(root, LIST), join(app, 'app/kustomization.yaml'))
        for (const file of ['ks.yaml', 'app/release.yaml', 'app/secret.yaml', 'app/ingress.yaml'])
          edit(join(app, file), (text) => named(rule, text))
        edit(join(root, 'apps/web/kustomization.yaml'), (text) => `${text}- notes-${rule}/ks.yaml\n`)
      }
      applyEdits(root, isOfNotes ? edits.map((one) => one.map((part) => named(rule, part)) as unknown as Edit) : edits)
    }
    return root
  }
  const lineOf = ([rule, { edits, found: object }]: [string, (typeof DEFECTS)[string]]): string =>
    `${rule}: ${edits.some(([file]) => file.startsWith(NOTES_FOLDER)) ? named(rule, object) : object}`

  test('are found once each, and nothing else is', async () => {
    expect((await found(tree())).sort()).toEqual(Object.entries(DEFECTS).map(lineOf).sort())
  })

  test('remain after a repair unless they are safe to repair, and a second repair changes nothing', async () => {
    const root = tree()
    const repair = () => krmHardening(['flux', '--fix'], { cwd: root, env: { XDG_CACHE_HOME: cache } })
    expect((await repair()).stderr).toMatch(/: repaired /)
    // Nothing depends on the apps that are not waited for, so their repair is left to people.
    const repaired = ['api-version', 'interval-tier', 'prune', 'retries-finite', 'retries-set', 'timeout']
    const remaining = Object.entries(DEFECTS).filter(([rule]) => !repaired.includes(rule))
    expect((await found(root)).sort()).toEqual(remaining.map(lineOf).sort())
    expect((await repair()).stderr).not.toMatch(/: repaired /)
  })
})

test('a folder that does not build is one finding, and nobody reports its objects as missing', async () => {
  const root = homelab([
    'flux/meta/repos/kustomization.yaml',
    '- app-template.yaml',
    '- app-template.yaml\n- missing.yaml',
  ])
  expect(await found(root)).toEqual(['build: Kustomization flux-system/cluster-meta'])
})

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

  test('has nothing wrong with what flux bootstrap wrote', async () => {
    expect((await found(fleet())).filter((one) => one.endsWith('flux-system/flux-system'))).toEqual([])
  })

  test('is walked from where a part of it is applied, with the sources that are elsewhere', async () => {
    const root = fleet()
    const [walk, ...others] = await walkAll(join(root, 'clusters/staging'), newBuilder())
    expect([walk?.top, others]).toEqual([root, []])
    expect(walk?.apps.map(({ entry }) => entry.object.metadata.name)).toEqual(['flux-system', 'apps'])
  })

  test('may apply another repository, or an artifact, whose paths are none of its own', async () => {
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
      ['other', 'external'],
      ['part', 'external'],
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

  test('is not walked whole where a file that starts something is no YAML, which is said', async () => {
    const root = homelab(['flux/cluster/ks.yaml', '  path: ./apps\n', '  path: ./apps\n  path: ./apps\n'])
    const { stderr } = await krmHardening(['flux'], { cwd: root, env: { XDG_CACHE_HOME: cache } })
    expect(stderr).toMatch(
      /flux\/cluster\/ks\.yaml cannot be read as YAML, so what it applies is not known: the key "path" is twice/,
    )
  })

  test('has what a patch of a Kustomization breaks in many objects found wrong once, with the patch', async () => {
    const patch = `  patches:
  - target: {kind: Kustomization}
    patch: |
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: any}
      spec:
        patches:
        - target: {kind: HelmRelease}
          patch: |
            - {op: add, path: /spec/rollback, value: {cleanupOnFailure: true}}
`
    const file = 'flux/cluster/ks.yaml'
    const root = homelab([file, '  patches:\n', patch])
    expect(await found(root)).toEqual(['schema: HelmRelease external-secrets/external-secrets'])
    const { stdout } = await krmHardening(['flux'], { cwd: root, env: { XDG_CACHE_HOME: cache } })
    expect(stdout).toMatch(
      /cleanupOnFailure: found a field .* \(from a patch of Kustomization flux-system\/cluster-apps, and in network\/external, .*, web\/notes\)$/m,
    )
  })

  test('has what a component breaks in several namespaces found wrong once', async () => {
    const component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [alert.yaml]\n'
    const alert = `apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: all}\nspec:\n  providerRef: {name: chat}\n  eventSeverity: fatal\n  eventSources: [{kind: Kustomization, name: '*'}]\n`
    const root = homelab(
      ['components/alerts/kustomization.yaml', component],
      ['components/alerts/alert.yaml', alert],
      ...['web', 'network'].map(
        (name): Edit => [
          `apps/${name}/kustomization.yaml`,
          'resources:',
          `components:\n- ../../components/alerts\nresources:`,
        ],
      ),
    )
    expect(await found(root)).toEqual(['schema: Alert network/all'])
    const { stdout } = await krmHardening(['flux'], { cwd: root, env: { XDG_CACHE_HOME: cache } })
    expect(stdout).toMatch(/spec\.eventSeverity: found "fatal", expected one of .* \(and in web\)$/m)
    const { findings } = JSON.parse(
      (await krmHardening(['flux', '--output', 'json'], { cwd: root, env: { XDG_CACHE_HOME: cache } })).stdout,
    )
    expect(findings).toMatchObject([{ alsoIn: ['web'], file: { path: 'components/alerts/alert.yaml' } }])
  })
})

describe('what Flux would apply', () => {
  test('is nothing that only a comment names', async () => {
    const root = homelab(['apps/network/kustomization.yaml', '- internal/ks.yaml', '# - internal/ks.yaml'])
    expect(await found(root)).toEqual(['depends-exists: Kustomization web/notes'])
  })

  test('goes to the targetNamespace, and so do Kustomizations in the folder of another', async () => {
    const child = readFileSync(join(HOMELAB, ECHO), 'utf8')
      .replaceAll('echo', 'child')
      .replace(/ {2}dependsOn:\n(?: {4}.*\n| {2}- .*\n)+/, '  dependsOn:\n  - name: notes\n')
      .replace('./apps/web/child/app', './apps/web/notes/child/app')
    const root = homelab(
      [LIST, '- secret.yaml', '- secret.yaml\n- ../child/ks.yaml'],
      ['apps/web/notes/child/ks.yaml', child],
      ['apps/web/notes/child/app/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: child\n'],
    )
    expect(await found(root)).toEqual(['path: Kustomization web/child'])
  })

  test('is every manifest of a folder without a kustomization', async () => {
    const root = homelab([ECHO, '  interval', '  interval'])
    execFileSync('rm', [join(root, 'apps/web/echo/app/kustomization.yaml')])
    const [walk] = await walkAll(root, newBuilder())
    const echo = walk?.apps.find(({ entry }) => entry.object.metadata.name === 'echo')
    expect(echo?.objects.map(({ object }) => object.kind).sort()).toEqual(['HelmRelease', 'Ingress'])
  })

  test('has its variables substituted, except escaped ones and where that is disabled', async () => {
    const config = (name: string, annotation = '') =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${annotation}data:\n  plain: \${DOMAIN}\n  escaped: $\${DOMAIN}\n  fallback: \${OTHER:=none}\n`
    const root = homelab(
      [LIST, '- secret.yaml', '- secret.yaml\n- on.yaml\n- off.yaml'],
      ['apps/web/notes/app/on.yaml', config('on')],
      [
        'apps/web/notes/app/off.yaml',
        config('off', '  annotations:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\n'),
      ],
    )
    const [walk] = await walkAll(root, newBuilder())
    const data = (name: string) => walk?.tree.named(['', 'ConfigMap'], name)[0]?.object.data
    expect(data('on')).toEqual({ plain: 'home.example.com', escaped: '${DOMAIN}', fallback: 'none' })
    expect(data('off')).toEqual({ plain: '${DOMAIN}', escaped: '$${DOMAIN}', fallback: '${OTHER:=none}' })
  })

  test('is built again only if something that it reads has changed', async () => {
    const root = homelab()
    const built: string[] = []
    const counting = () => newBuilder(({ folders }) => built.push(...folders))
    await walkAll(root, counting())
    expect(built).toHaveLength(7)
    built.length = 0
    await walkAll(root, counting())
    expect(built).toEqual([])
    edit(join(root, RELEASE), (text) => text.replace('interval: 15m', 'interval: 10m'))
    await walkAll(root, counting())
    expect(built).toHaveLength(1)
  })
})

describe('a folder with a policy', () => {
  const policy = `apiVersion: krm-hardening.dev/v1alpha1
kind: Hardening
metadata:
  name: hardening
  annotations:
    config.kubernetes.io/function: |
      container:
        image: ${IMAGE}
spec:
  securityContext: {}
  flux:
    unlocked:
      notes:
        reason: has no lock yet
`
  const worker = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      containers:
      - name: worker
        image: registry.example.com/worker:1.2.3
`
  const hardened: Edit[] = [
    [LIST, 'resources:', 'transformers:\n- policy.yaml\nresources:\n- worker.yaml'],
    ['apps/web/notes/app/worker.yaml', worker],
    ['apps/web/notes/app/policy.yaml', policy],
  ]

  test('is hardened, and proven to be', async () => {
    const [walk] = await walkAll(homelab(...hardened), newBuilder())
    const notes = walk?.apps.find(({ entry }) => entry.object.metadata.name === 'notes')
    expect(notes?.verified?.filter(({ finding }) => finding.severity === 'error')).toEqual([])
    expect(notes?.texts.join()).toContain('readOnlyRootFilesystem: true')
  })

  test('is not hardened if a patch of its Kustomization undoes that', async () => {
    const undo = `  patches:
  - target:
      kind: Deployment
    patch: |
      - op: remove
        path: /spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation
  path:`
    expect(await found(homelab(...hardened, [NOTES, '  path:', undo]))).toContain(
      'objects/would-change: Deployment web/worker',
    )
  })
})

describe('the hook of Git', () => {
  const hook = join(__dirname, '../../integrations/pre-commit/pre-commit')
  const commit = (root: string) =>
    run('git', [...AUTHOR, 'commit', '--message', 'change'], { cwd: root, env: { ...path(), XDG_CACHE_HOME: cache } })
  const path = () => {
    const bin = folder()
    program(join(bin, 'krm-hardening'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
    return { PATH: `${bin}:${process.env.PATH}`, KUSTOMIZE: kustomize() }
  }
  const AUTHOR = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']

  test('lets a commit pass that keeps the conventions, and no other', async () => {
    const root = homelab()
    execFileSync('git', ['init', '--quiet'], { cwd: root })
    cpSync(hook, join(root, '.git/hooks/pre-commit'))
    execFileSync('git', ['add', '--all'], { cwd: root })
    expect((await commit(root)).exitCode).toBe(0)
    edit(join(root, RELEASE), (text) => text.replace('4.0.1', '4.x'))
    execFileSync('git', ['add', '--all'], { cwd: root })
    const refused = await commit(root)
    expect([refused.exitCode, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining('flux-conventions/chart-pinned'),
    ])
  })
})

describe('krm-hardening flux', () => {
  const flux = (args: readonly string[], cwd: string) =>
    krmHardening(['flux', ...args], { cwd, env: { XDG_CACHE_HOME: cache } })
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd,
      stdio: 'ignore',
    })
  const repository = (...edits: readonly Edit[]): string => {
    const root = homelab(...edits)
    git(root, 'init')
    git(root, 'add', '--all')
    git(root, 'commit', '--message', 'first')
    return root
  }

  test('prints a tree, and ends with 1 if there is an error', async () => {
    const { stdout, exitCode } = await flux([], homelab(...(DEFECTS.schema?.edits ?? [])))
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^ {2}✗ web\/notes .*\n {6}error: flux-conventions\/schema: HelmRelease web\/notes: spec\.retryInterval: /m,
    )
    expect(stdout).toMatch(/^7 Kustomizations, 19 objects: 1 errors, 0 warnings, 0 notes$/m)
  })

  test('repairs what is safe in the files, and then passes', async () => {
    const safe = ['api-version', 'interval-tier', 'prune', 'retries-finite', 'timeout']
    const root = homelab(...safe.flatMap((rule) => DEFECTS[rule]?.edits ?? []), [
      'apps/network/external/ks.yaml',
      'wait: true',
      'wait: false # the way in',
    ])
    const { exitCode, stdout, stderr } = await flux(['--fix'], root)
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/: 0 errors, 0 warnings, 0 notes$/m)])
    expect(stderr).toContain(`repaired ${RELEASE}`)
    expect(readFileSync(join(root, 'apps/network/external/ks.yaml'), 'utf8')).toContain('wait: true # the way in')
    expect(await found(root)).toEqual([])
    // Variables stay as they are.
    expect(readFileSync(join(root, 'apps/web/echo/app/ingress.yaml'), 'utf8')).toContain('${DOMAIN}')
  })

  test('gives findings with their files to machines', async () => {
    const root = homelab(...(DEFECTS.schema?.edits ?? []))
    const { ok, findings } = JSON.parse((await flux(['--output', 'json'], root)).stdout)
    expect([ok, findings]).toMatchObject([
      false,
      [{ tags: { id: 'flux-conventions/schema' }, file: { path: RELEASE } }],
    ])
    const sarif = JSON.parse((await flux(['--output', 'sarif'], root)).stdout)
    expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(RELEASE)
  })

  test('checks what is staged, whatever else is in the folder', async () => {
    const root = repository()
    edit(join(root, RELEASE), (text) => text.replace('4.0.1', '4.x'))
    expect((await flux(['--staged'], root)).exitCode).toBe(0)
    git(root, 'add', '--all')
    expect((await flux(['--staged'], root)).exitCode).toBe(1)
  })

  test('diff names the apps and objects that a change touches', async () => {
    const root = repository()
    edit(join(root, RELEASE), (text) => text.replace('4.0.1', '4.0.2'))
    const { stdout, exitCode } = await flux(['diff', 'HEAD', '--output', 'json'], root)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      apps: [{ app: 'web/notes', change: 'changed', objects: [{ object: 'HelmRelease web/notes' }] }],
    })
    expect((await flux(['diff', 'HEAD'], root)).stdout).toContain('+      version: 4.0.2')
  })

  describe('diff of an app with a locked chart', () => {
    const LOCK = 'apps/web/notes/app/notes.lock.yaml'
    const hardened = (): string => {
      const root = folder()
      cpSync(HOMELAB, root, { recursive: true })
      git(root, 'init')
      git(root, 'add', '--all')
      git(root, 'commit', '--message', 'first')
      return root
    }

    test('names what the chart installs and the lock changes, with its connections', async () => {
      const root = hardened()
      edit(join(root, LOCK), (text) => {
        const lock = parse(text)
        const workload = lock.spec.objects.find(({ kind }: { kind: string }) => kind === 'Deployment')
        workload.spec.template.spec.terminationGracePeriodSeconds = 99
        lock.spec.objects.push({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'guests' },
          spec: {
            podSelector: workload.spec.selector,
            ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 8080 }] }],
          },
        })
        lock.spec.digest = digestOf(lock.spec.objects)
        return stringify(lock, { aliasDuplicateObjects: false })
      })
      const { stdout, exitCode } = await flux(['diff', 'HEAD', '--output', 'json'], root)
      expect(exitCode).toBe(0)
      const { apps, added } = JSON.parse(stdout)
      expect(apps).toHaveLength(1)
      expect(apps[0]).toMatchObject({ app: 'web/notes', change: 'changed' })
      expect(apps[0].objects.map(({ object }: { object: string }) => object)).toEqual(
        expect.arrayContaining(['Deployment web/notes', 'NetworkPolicy web/guests']),
      )
      expect(apps[0].objects.map(({ diff }: { diff: string }) => diff).join()).toContain(
        '+      terminationGracePeriodSeconds: 99',
      )
      expect(added).toContainEqual({
        from: '192.0.2.0/24',
        to: 'web/notes',
        port: '8080',
        protocol: 'TCP',
        notJudged: expect.anything(),
      })
    })

    test('says that it does not build where the lock is of another version, and does not take its objects as removed', async () => {
      const root = hardened()
      edit(join(root, RELEASE), (text) => text.replace('4.0.1', '4.0.2'))
      const { apps, removed } = JSON.parse((await flux(['diff', 'HEAD', '--output', 'json'], root)).stdout)
      expect(removed).toEqual([])
      expect(apps).toEqual([
        {
          app: 'web/notes',
          change: 'changed',
          objects: [],
          problem: expect.stringContaining('it does not build: charts/other-version: HelmRelease web/notes'),
        },
      ])
      expect((await flux(['diff', 'HEAD'], root)).stdout).toMatch(/^web\/notes: changed\nwarning: it does not build: /m)
    })
  })

  test('new writes an app that passes, in a namespace that is there or not', async () => {
    const root = homelab()
    for (const app of ['web/blog', 'media/films']) expect((await flux(['new', app], root)).exitCode).toBe(0)
    const chart = ['--chart', 'oci://registry.example.com/charts/app', '--chart-version', '1.2.3']
    expect((await flux(['new', 'media/music', ...chart], root)).exitCode).toBe(0)
    expect(await found(root)).toEqual([
      'chart-digest: OCIRepository media/music',
      'source-location: OCIRepository media/music',
    ])
    const [walk] = await walkAll(root, newBuilder())
    expect(walk?.apps.map(({ entry }) => `${entry.namespace}/${entry.object.metadata.name}`)).toEqual(
      expect.arrayContaining(['web/blog', 'media/films', 'media/music']),
    )
  })

  test('new hardens the app by the policy that the others share', async () => {
    const root = folder()
    cpSync(HOMELAB, root, { recursive: true })
    expect(await flux(['new', 'media/films'], root)).toMatchObject({ exitCode: 0 })
    const kustomization = readFileSync(join(root, 'apps/media/films/app/kustomization.yaml'), 'utf8')
    expect(kustomization).toContain('namespace: media\nresources: []\ntransformers:\n  - ../../../../hardening\n')
    writeFileSync(
      join(root, 'apps/media/films/app/service.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: films\n',
    )
    edit(join(root, 'apps/media/films/app/kustomization.yaml'), (text) => text.replace('[]', '[service.yaml]'))
    const { stdout, exitCode } = await flux([], root)
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/media\/films .*, 1 objects, hardened by a policy$/m)])
  })

  describe('new with a chart, hardened by the policy of the others', () => {
    const IMAGE_OF_CHART = 'ghcr.io/mendhak/http-https-echo:36'
    const NEW = ['new', 'web/films', '--chart', 'oci://registry.example.com/charts/films', '--chart-version', '1.2.3']
    /** A stand-in for helm, whose only chart runs one image. */
    const withHelm = (image: string): { PATH: string } => {
      const tools = systemTools()
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'films', namespace: 'web' },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'films' } },
          template: {
            metadata: { labels: { app: 'films' } },
            spec: {
              containers: [
                { name: 'films', image, resources: { requests: { cpu: '10m' }, limits: { memory: '64Mi' } } },
              ],
            },
          },
        },
      }
      program(
        join(tools, 'helm'),
        `#!/bin/sh
case "$1" in
pull) while [ "$1" != --destination ]; do shift; done; echo chart >"$2/films-1.2.3.tgz"; echo 'Digest: sha256:${'a'.repeat(64)}' ;;
template) echo '${JSON.stringify(deployment)}' ;;
version) echo v3.18.6 ;;
esac
`,
      )
      return { PATH: tools }
    }
    const hardened = (): string => {
      const root = folder()
      cpSync(HOMELAB, root, { recursive: true })
      return root
    }
    const run = (root: string, args: readonly string[], env: Record<string, string>) =>
      krmHardening(args, { cwd: root, env: { XDG_CACHE_HOME: cache, ...env } })

    test('locks the chart through helm, and passes', async () => {
      const root = hardened()
      const { stdout, stderr, exitCode } = await run(root, ['flux', ...NEW], withHelm(IMAGE_OF_CHART))
      expect([exitCode, stderr]).toEqual([0, ''])
      expect(stdout).toContain('wrote apps/web/films/app/films.lock.yaml\n')
      const checked = await flux([], root)
      expect([checked.exitCode, checked.stdout]).toEqual([
        0,
        expect.stringMatching(/web\/films .*hardened by a policy$/m),
      ])
    })

    test('names the command that does so where helm is not there, and passes after it', async () => {
      const root = hardened()
      const { stderr, exitCode } = await run(root, ['flux', ...NEW], { PATH: systemTools() })
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no helm on PATH')])
      const [, command = ''] = /^(?:krm-hardening: )?next: krm-hardening (.*)$/m.exec(stderr) ?? []
      expect(command).toBe('lock --chart apps/web/films/app/release.yaml --target-namespace web')
      expect((await flux([], root)).exitCode).toBe(1)
      expect(await run(root, command.split(' '), withHelm(IMAGE_OF_CHART))).toMatchObject({ exitCode: 0 })
      expect(await flux([], root)).toMatchObject({ exitCode: 0 })
    })

    test('names the command that asks for the digests of its images', async () => {
      const root = hardened()
      const { stderr, exitCode } = await run(root, ['flux', ...NEW], withHelm('quay.io/acme/films:1.2.3'))
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining('next: krm-hardening lock hardening/policy.yaml quay.io/acme/films:1.2.3\n'),
      ])
    })
  })

  test('new leaves an existing app alone', async () => {
    const root = homelab()
    const { stderr, exitCode } = await flux(['new', 'web/notes'], root)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is already there')])
    expect(existsSync(join(root, 'apps/web/notes/app/release.yaml'))).toBe(true)
  })

  test('refuses a folder in which Flux would find nothing to start from', async () => {
    const { stderr, exitCode } = await flux([], folder())
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('found no Kustomization of Flux to start from')])
  })
})
