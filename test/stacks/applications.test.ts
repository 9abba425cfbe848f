import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { objectsOf, render, root, stacks } from '../support/stacks.ts'

/** The fields of an Argo CD Application that are read here. */
interface Application extends KubernetesObject {
  spec: { source: { path: string }; destination: { namespace: string } }
}

const APPLICATIONS = 'argocd-applications'
const folders = stacks.filter((stack) => basename(stack) === APPLICATIONS)
const applications = folders.flatMap((stack) => objectsOf(render(join('overlays', stack))) as Application[])
const pathOf = ({ spec }: Application): string => spec.source.path

/** The folders whose changes make Argo CD render again, relative to the stack's. */
const watchedBy = ({ metadata }: Application): string[] =>
  metadata.annotations?.['argocd.argoproj.io/manifest-generate-paths']?.split(';') ?? []

/** The build in a checkout of some folders alone, which is what Argo CD can be told to hand to the plugin. */
function renderFrom(path: string, folders: readonly string[]): string {
  const checkout = mkdtempSync(join(tmpdir(), 'checkout-'))
  // Examples are most of the files, and part of no build.
  const options = { recursive: true, filter: (source: string) => basename(source) !== 'examples' }
  try {
    for (const folder of folders) cpSync(join(root, path, folder), join(checkout, path, folder), options)
    return render(join(checkout, path))
  } finally {
    rmSync(checkout, { recursive: true })
  }
}

test.each(folders)('%s has one for each stack that the environment lists', (folder) => {
  const environment = join('overlays', folder, '..')
  const { resources } = parse(readFileSync(join(root, environment, 'kustomization.yaml'), 'utf8'))
  const listed = (resources as string[]).filter((name) => name !== APPLICATIONS).map((name) => join(environment, name))
  const paths = applications.map(pathOf).filter((path) => path.startsWith(`${environment}/`))
  expect(paths.sort()).toEqual(listed.sort())
})

describe.each(applications.map((one) => [pathOf(one), one] as const))('%s', (path, application) => {
  let rendered: string
  beforeAll(() => {
    rendered = render(path)
  })

  test('is synced, pruned, validated and cleaned up after, by the plugin, and says when that fails', () => {
    expect(application).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: basename(path),
        namespace: 'argocd',
        annotations: {
          'notifications.argoproj.io/subscribe.on-sync-failed.slack': 'notifications',
          'notifications.argoproj.io/subscribe.on-sync-status-unknown.slack': 'notifications',
        },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: {
        source: { repoURL: 'https://github.com/hippocampus-dev/krm-hardening', plugin: { name: 'krm-hardening' } },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          syncOptions: ['Validate=true', 'CreateNamespace=false'],
        },
      },
    })
  })

  test('is deployed into the namespace of its objects', () => {
    const namespaces = objectsOf(rendered).flatMap(({ metadata }) => metadata.namespace ?? [])
    expect([...new Set(namespaces)]).toEqual([application.spec.destination.namespace])
  })

  test('watches every folder that its build reads', () => {
    expect(renderFrom(path, watchedBy(application))).toBe(rendered)
  })
})

/** Each stack's Applications of all environments, under each folder that they watch. */
const watched = new Map<string, Application[]>()
for (const application of applications)
  for (const folder of watchedBy(application).filter((name) => name !== '.')) {
    const key = `${application.metadata.name} ${folder}`
    watched.set(key, [...(watched.get(key) ?? []), application])
  }

test.each([...watched])('%s is watched, and without it at least one environment does not build', (key, watching) => {
  const [, folder = ''] = key.split(' ')
  const builds = (application: Application): boolean => {
    try {
      renderFrom(
        pathOf(application),
        watchedBy(application).filter((other) => other !== folder),
      )
      return true
    } catch (cause) {
      expect((cause as Error).message).toContain(basename(folder))
      return false
    }
  }
  expect(watching.every(builds)).toBe(false)
})
