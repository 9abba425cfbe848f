import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { environments, objectsOf, rendered, root, stacks } from '../support/stacks.ts'
import { applications, applicationsOf, pathOf } from './lib/applications.ts'

describe.each(environments)('%s', (environment) => {
  const folder = join('overlays', environment)
  const { resources } = parse(readFileSync(join(root, folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] }

  test('lists every stack in its folder', () => {
    expect(resources.map((name) => `${environment}/${name}`).sort()).toEqual(
      stacks.filter((stack) => stack.startsWith(`${environment}/`)),
    )
  })

  test('has an Application for each stack', () => {
    const paths = applicationsOf(environment).map(pathOf)
    expect(paths.sort()).toEqual(resources.map((name) => join(folder, name)).sort())
  })
})

describe.each(applications.map((one) => [pathOf(one), one] as const))('%s', (path, application) => {
  const stack = path.replace('overlays/', '')

  test('is rendered by the plugin, synced, pruned, validated and cleaned up after, and says when that fails', () => {
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
