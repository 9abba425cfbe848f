import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { objectsOf, rendered, root } from '../support/stacks.ts'
import { APPLICATIONS, applications, folders, pathOf } from './lib/applications.ts'

test.each(folders)('%s has one for each stack that the environment lists', (folder) => {
  const environment = join('overlays', folder, '..')
  const { resources } = parse(readFileSync(join(root, environment, 'kustomization.yaml'), 'utf8'))
  const listed = (resources as string[]).filter((name) => name !== APPLICATIONS).map((name) => join(environment, name))
  const paths = applications.map(pathOf).filter((path) => path.startsWith(`${environment}/`))
  expect(paths.sort()).toEqual(listed.sort())
})

describe.each(applications.map((one) => [pathOf(one), one] as const))('%s', (path, application) => {
  const stack = path.replace('overlays/', '')

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
    const namespaces = objectsOf(rendered(stack)).flatMap(({ metadata }) => metadata.namespace ?? [])
    expect([...new Set(namespaces)]).toEqual([application.spec.destination.namespace])
  })
})
