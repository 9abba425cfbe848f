import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { App } from '../../../cli/flux/app.ts'
import { walkAll } from '../../../cli/flux/check.ts'
import { harden } from '../../../cli/runtime/functions.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { folder, krmHardening, removeFolders, tree } from '../../cli/lib/command-line.ts'
import { EXPRESSIONS, REFUSED, VARIABLES } from '../../cli/lib/expressions.ts'
import { builderWith } from '../../support/builder.ts'
import { flux, TIME_TO_BUILD } from '../../support/programs.ts'
import { objectsOf, root } from '../../support/stacks.ts'

// What `krm-hardening flux` builds of each path, and what the command of Flux builds of it.
let program: string
beforeAll(() => {
  process.env.XDG_CACHE_HOME = folder()
  program = flux()
}, TIME_TO_BUILD)
afterAll(removeFolders)

const walked = async (repository: string): Promise<App[]> => {
  const builder = builderWith(harden, undefined, '--load-restrictor', 'LoadRestrictionsNone')
  return (await walkAll(repository, builder)).flatMap(({ apps }) => apps)
}

/** What Flux makes of a path. It writes into the folder, so it gets a copy. */
function fluxBuilds(repository: string, { entry: { object, namespace = '' } }: App) {
  const copy = folder()
  cpSync(repository, copy, { recursive: true })
  const file = join(folder(), 'kustomization.yaml')
  writeFileSync(file, JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } }))
  return spawnSync(
    program,
    [
      'build',
      'kustomization',
      object.metadata.name,
      `--namespace=${namespace}`,
      '--dry-run',
      `--path=${join(copy, String(valueAt(object, ['spec', 'path'])))}`,
      `--kustomization-file=${file}`,
    ],
    { encoding: 'utf8' },
  )
}

const OWNER = /^kustomize\.toolkit\.fluxcd\.io\/(?:name|namespace)$/

/** An object without what Flux marks as its own, and without the secrets that it masks. */
function comparable({ metadata, sops, data, stringData, ...object }: KubernetesObject): object {
  const { labels, ...rest } = metadata
  const own = Object.entries(labels ?? {}).filter(([key]) => !OWNER.test(key))
  const isSecret = object.kind === 'Secret'
  return {
    ...object,
    metadata: { ...rest, ...(own.length > 0 && { labels: Object.fromEntries(own) }) },
    ...(!isSecret && data !== undefined && { data }),
    ...(isSecret && { keys: Object.keys({ ...(data as object), ...(stringData as object) }) }),
  }
}

const byName = (text: string): Map<string, object> =>
  new Map(
    objectsOf(text)
      .map((object): [string, object] => [
        `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
        comparable(object),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** Compares every path of a repository. Answers the names of its apps. */
async function compared(repository: string): Promise<string[]> {
  const apps = await walked(repository)
  for (const app of apps) {
    expect([app.entry.object.metadata.name, app.state, app.reason]).toEqual([
      app.entry.object.metadata.name,
      'built',
      undefined,
    ])
    const built = fluxBuilds(repository, app)
    expect([built.status, built.stderr]).toEqual([0, expect.anything()])
    expect([
      app.entry.object.metadata.name,
      byName(app.objects.map(({ object }) => JSON.stringify(object)).join('\n---\n')),
    ]).toEqual([app.entry.object.metadata.name, byName(built.stdout)])
  }
  return apps.map(({ entry }) => entry.object.metadata.name)
}

const yaml = (...objects: object[]): string =>
  objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n')
const kustomization = (name: string, spec: object): object => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name, namespace: 'flux-system' },
  spec: {
    interval: '5m',
    path: `./${name}`,
    prune: true,
    sourceRef: { kind: 'GitRepository', name: 'flux-system' },
    ...spec,
  },
})
const configMap = (name: string, data: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})
const deployment = (name: string, replicas: unknown = 1): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          { name: 'web', image: 'example/web:1.0.0', envFrom: [{ configMapRef: { name: 'settings' } }] },
          { name: 'proxy', image: 'example/proxy:1.0.0' },
        ],
      },
    },
  },
})
const list = (fields: object): string => yaml({ kind: 'Kustomization', ...fields })
const off = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' }
const expressions = Object.fromEntries(EXPRESSIONS.map(([expression], index) => [`e${index}`, expression]))

const FILES: Readonly<Record<string, string>> = {
  // A folder without a kustomization: every manifest below it, and folders with one of their own.
  'plain/a.yaml': yaml(configMap('a', { key: '$${X} ${X} $$' })),
  'plain/below/b.yml': yaml(configMap('b', {}), configMap('c', { key: 'x' })),
  'plain/list/kustomization.yaml': list({ namePrefix: 'listed-', resources: ['d.yaml'] }),
  'plain/list/d.yaml': yaml(configMap('d', {})),
  'plain/list/not-listed.yaml': yaml(configMap('e', {})),
  // Variables, in text and numbers, where they are turned off, and where there are none.
  'variables/kustomization.yaml': list({ resources: ['all.yaml'] }),
  'variables/all.yaml': yaml(
    configMap('on', expressions),
    configMap('off-by-annotation', expressions, { annotations: off }),
    configMap('off-by-label', expressions, { labels: off }),
    configMap('block', { script: 'echo $$ "${DOMAIN}"\nexit $?\n', lines: '${LINES}' }),
    deployment('web', '${REPLICAS}'),
  ).replace(/replicas: ["']?\$\{REPLICAS\}["']?/, 'replicas: ${REPLICAS}'),
  'none/a.yaml': yaml(configMap('a', expressions)),
  // Objects that SOPS encrypts stay as they are.
  'secret/a.yaml': yaml({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a' },
    stringData: { key: 'ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]' },
    sops: { mac: 'ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]', version: '3.9.4' },
  }),
  // What a Kustomization adds to a kustomization that has the same fields.
  'overlay/kustomization.yaml': list({
    namespace: 'inner',
    namePrefix: 'inner-',
    resources: ['../base', 'route.yaml'],
    images: [{ name: 'example/web', newName: 'mirror/web' }],
    configMapGenerator: [{ name: 'settings', files: ['settings.env'], literals: ['HOST=${DOMAIN}'] }],
    patches: [{ path: 'replicas.yaml' }],
  }),
  'overlay/route.yaml': yaml({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ port: 80 }] },
  }),
  'overlay/settings.env': 'PORT=8080\n',
  'overlay/replicas.yaml': yaml({ ...deployment('web'), spec: { replicas: 3 } }),
  'base/kustomization.yaml': list({ resources: ['web.yaml'] }),
  'base/web.yaml': yaml(deployment('web')),
  'components/labels/kustomization.yaml': yaml({
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    labels: [{ pairs: { team: 'web' } }],
    resources: ['extra.yaml'],
  }),
  'components/labels/extra.yaml': yaml(configMap('extra', { domain: '${DOMAIN}' })),
}

const repository = (kustomizations: readonly object[], files: Readonly<Record<string, string>> = FILES): string =>
  tree({ ...files, '.git/HEAD': '', 'cluster/ks.yaml': yaml(...kustomizations) })

test('every path is built as Flux builds it, object for object', async () => {
  const substitute = { ...VARIABLES, REPLICAS: '2', LINES: 'one\ntwo' }
  const all = repository([
    kustomization('plain', { postBuild: { substitute: { OTHER: 'x' } } }),
    kustomization('variables', { targetNamespace: 'web', postBuild: { substitute } }),
    kustomization('none', { postBuild: { substitute: {} } }),
    kustomization('secret', { targetNamespace: 'web', decryption: { provider: 'sops' } }),
    kustomization('overlay', {
      targetNamespace: 'web',
      namePrefix: 'outer-',
      nameSuffix: '-v2',
      commonMetadata: { labels: { 'app.kubernetes.io/name': 'web' }, annotations: { 'example.com/team': 'web' } },
      components: ['../components/labels'],
      images: [
        { name: 'example/web', newTag: '2.0.0' },
        { name: 'example/proxy', newName: 'mirror/proxy', digest: `sha256:${'a'.repeat(64)}` },
      ],
      patches: [
        {
          target: { kind: 'Deployment', name: 'web' },
          patch: yaml([{ op: 'add', path: '/spec/template/spec/hostname', value: '${DOMAIN}' }]),
        },
        { patch: yaml({ ...deployment('web'), spec: { minReadySeconds: 5 } }) },
      ],
      postBuild: { substitute },
    }),
  ])
  expect((await compared(all)).sort()).toEqual(['none', 'overlay', 'plain', 'secret', 'variables'])
})

test.each(REFUSED)('%s is refused by both', async (expression) => {
  const broken = repository([kustomization('broken', { postBuild: { substitute: VARIABLES } })], {
    'broken/a.yaml': yaml(configMap('a', { key: expression })),
  })
  const [app] = await walked(broken)
  expect(app).toMatchObject({ state: 'unbuilt', reason: expect.stringMatching(/^variable substitution failed/) })
  const built = app && fluxBuilds(broken, app)
  expect([built?.status, built?.stderr]).toEqual([1, expect.stringContaining('variable substitution failed')])
})

test('the rendered homelab is built as Flux builds it', async () => {
  const rendered = join(folder(), 'rendered')
  const { exitCode } = await krmHardening(['render', join(root, 'examples/homelab'), '--output', rendered])
  expect(exitCode).toBe(0)
  execFileSync('git', ['init', '--quiet', rendered])
  expect(await compared(rendered)).toHaveLength(7)
})
