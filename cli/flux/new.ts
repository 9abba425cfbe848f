import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { isSeq, parseDocument, stringify } from 'yaml'
import { isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { styleOf } from '../../functions/lib/yaml/round-trip.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import type { Change } from '../files.ts'
import type { Lockable } from '../lock/chart/releases.ts'
import { isFolder, readKustomization, stringsOf } from '../tree/kustomization.ts'
import { folderOf, repositoryAt } from './roots.ts'

/** What to add. */
export interface NewApp {
  namespace: string
  name: string
  /** `oci://…` of the chart to install. */
  chart?: string
  version?: string
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }

/** `NAMESPACE/APP`. Throws Failure (2) for anything else. */
export function parseApp(text: string): { namespace: string; name: string } {
  const [namespace = '', name = '', ...more] = text.split('/')
  if (more.length > 0 || !LABEL.test(namespace) || !LABEL.test(name))
    throw new Failure(`${text}: expected NAMESPACE/APP, two names of Kubernetes, such as media/films`)
  return { namespace, name }
}

/** What a new app writes, and what it needs besides. */
export interface Plan {
  changes: Change[]
  /** The release of an app whose policy asks for a lock of its chart. */
  lockable: Lockable | undefined
  /** Folder of the policy that the other apps share. */
  policy: string | undefined
}

/**
 * The files of a new app in the convention of the repository, and what they change in others. Throws Failure (2) if the app
 * exists.
 */
export function planOf(app: NewApp, folder: string): Plan {
  const { found, starts } = repositoryAt(folder)
  const [start] = starts
  const [root] = start?.roots ?? []
  if (!start || !root) throw new Failure(`${display(folder)}: found no Kustomization of Flux to start from`)
  const apps = appsFolder(
    found.map(({ file }) => file),
    start.roots.map(({ object }) => folderOf(start.top, object)),
  )
  const space = join(apps, app.namespace)
  const home = join(space, app.name)
  if (existsSync(home)) throw new Failure(`${display(home)} is already there`)
  const file = (path: string, content: object): Change => ({
    file: path,
    before: undefined,
    after: `---\n${stringify(content)}`,
  })
  const policy = sharedPolicy(found.map(({ object }) => folderOf(start.top, object)))
  const sourceRef = valueAt(root.object, ['spec', 'sourceRef'])
  const source = {
    namespace: root.object.metadata.namespace ?? 'flux-system',
    ...(isFields(sourceRef) ? sourceRef : {}),
  }
  const chart = app.chart === undefined ? undefined : chartOf(app)
  const lock = `${app.name}.lock.yaml`
  const resources = chart ? ['source.yaml', 'release.yaml', ...(policy === undefined ? [] : [lock])] : []
  const changes = [
    file(join(home, 'ks.yaml'), kustomizationOf(app, `./${relative(start.top, join(home, 'app'))}`, source)),
    file(join(home, 'app/kustomization.yaml'), {
      ...KUSTOMIZATION,
      // Network policies need it before Flux adds its targetNamespace.
      ...(policy !== undefined && { namespace: app.namespace }),
      resources,
      ...(policy !== undefined && { transformers: [relative(join(home, 'app'), policy)] }),
    }),
    ...(chart
      ? [file(join(home, 'app/source.yaml'), chart.source), file(join(home, 'app/release.yaml'), chart.release)]
      : []),
    ...namespaceFiles(app, space, file),
    ...(existsSync(join(space, 'kustomization.yaml')) ? [] : listed(join(apps, 'kustomization.yaml'), app.namespace)),
  ]
  const lockable =
    chart && policy !== undefined
      ? {
          object: chart.release,
          around: [chart.source],
          targetNamespace: app.namespace,
          from: join(home, 'app/release.yaml'),
          file: join(home, 'app', lock),
        }
      : undefined
  return { changes, lockable, policy }
}

/** The folder of apps: the one above the other apps, or the one of that name which a root builds. */
function appsFolder(files: readonly string[], roots: readonly string[]): string {
  const above = files.filter((file) => /\/ks\.ya?ml$/.test(file)).map((file) => dirname(dirname(dirname(file))))
  const counts = new Map<string, number>()
  for (const path of above) if (roots.includes(path)) counts.set(path, (counts.get(path) ?? 0) + 1)
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  const apps = most?.[0] ?? roots.find((path) => path.endsWith('/apps') && isFolder(path))
  if (apps === undefined) throw new Failure('found no folder of apps: expected a root whose path ends with apps')
  return apps
}

/** The policy that most folders have among their transformers, patched or not; undefined where most have none. */
function sharedPolicy(folders: readonly string[]): string | undefined {
  const used = folders.map((folder) => {
    const own = listedIn(folder, 'transformers')
    return new Set([...own, ...own.flatMap((path) => listedIn(path, 'resources'))].filter(isFolder))
  })
  const candidates = new Set(used.flatMap((paths) => [...paths]))
  return [...candidates].find((path) => used.filter((paths) => paths.has(path)).length > folders.length / 2)
}

/** What a list of a folder's kustomization names, as absolute paths. */
const listedIn = (folder: string, list: string): string[] =>
  stringsOf(readKustomization(folder)?.fields ?? {}, list).map((entry) => resolve(folder, entry))

const kustomizationOf = ({ namespace, name }: NewApp, path: string, sourceRef: object): object => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name },
  spec: {
    commonMetadata: { labels: { 'app.kubernetes.io/name': name } },
    interval: '5m',
    path,
    prune: true,
    retryInterval: '2m',
    sourceRef,
    targetNamespace: namespace,
    timeout: '5m',
    wait: true,
  },
})

type Write = (path: string, content: object) => Change

function chartOf({ name, chart, version }: NewApp): { source: KubernetesObject; release: KubernetesObject } {
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name },
    spec: {
      interval: '15m',
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
      ref: { tag: version },
      url: chart,
    },
  }
  const release = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name },
    spec: {
      interval: '5m',
      chartRef: { kind: 'OCIRepository', name },
      install: { remediation: { retries: 3 } },
      upgrade: { remediation: { retries: 3 } },
      values: { resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } } },
    },
  }
  return { source, release }
}

/** The Namespace and the kustomization of its folder, or an entry in the existing one. */
function namespaceFiles({ namespace, name }: NewApp, space: string, file: Write): Change[] {
  const kustomization = join(space, 'kustomization.yaml')
  const entry = `${name}/ks.yaml`
  if (existsSync(kustomization)) return listed(kustomization, entry)
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  return [
    file(join(space, 'namespace.yaml'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }),
    file(kustomization, { ...KUSTOMIZATION, namespace, resources: ['namespace.yaml', entry] }),
  ]
}

/** A kustomization with one more entry. Without a kustomization, Flux takes everything in the folder. */
function listed(path: string, entry: string): Change[] {
  if (!existsSync(path)) return []
  const before = readFileSync(path, 'utf8')
  const document = parseDocument(before)
  const resources = document.get('resources')
  if (isSeq(resources)) {
    const isDotted = resources.items.some((item) => String(item).startsWith('./'))
    resources.add(document.createNode(isDotted ? `./${entry}` : entry))
    resources.flow = false
  } else document.set('resources', [entry])
  return [{ file: path, before, after: document.toString(styleOf(before)) }]
}
