import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartLocksOf } from '../../cli/policy/chart-locks.ts'
import { filesBelow } from '../../cli/rendered-tree/files.ts'
import { Charts } from '../../functions/lib/charts/charts.ts'
import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { folder, removeFolders } from '../cli/lib/command-line.ts'
import { objectsOf } from '../support/stacks.ts'
import { HOMELAB, run } from './lib/homelab.ts'

const APPS = ['external-secrets/external-secrets', 'network/external', 'network/internal', 'web/echo', 'web/notes']
const target = folder()
afterAll(removeFolders)

describe('what Flux pulls', () => {
  const rendered = join(target, 'rendered')
  const objectsAt = (path: string) => objectsOf(readFileSync(join(rendered, path, 'manifests.yaml'), 'utf8'))
  beforeAll(async () => {
    const { exitCode, stderr } = await run(['render', HOMELAB, '--output', rendered])
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error: ')])
  })

  test('has a file for each path of a Kustomization, where the path says', () => {
    expect(filesBelow(rendered)).toEqual(
      [
        ...APPS.map((app) => `apps/${app}/app/manifests.yaml`),
        // Without it, Flux would build the files of the apps with this one.
        'apps/kustomization.yaml',
        'apps/manifests.yaml',
        'flux/cluster/manifests.yaml',
        'flux/meta/manifests.yaml',
      ].sort(),
    )
  })

  test.each(APPS)('runs the pods of %s restricted, each image by digest', (app) => {
    const path = join(HOMELAB, 'apps', app, 'app')
    const [policy] = objectsOf(readFileSync(join(HOMELAB, 'hardening/policy.yaml'), 'utf8'))
    const flux = valueAt(policy, ['spec', 'flux']) as object
    const installed = Charts.of([...objectsAt(`apps/${app}/app`), ...chartLocksOf(path)], flux).objects
    const templates = installed.flatMap((object) => podTemplateOf(object) ?? [])
    expect(templates.length).toBeGreaterThan(0)
    for (const { container } of templates.flatMap(containersOf)) {
      expect(container.image).toMatch(/@sha256:[a-f0-9]{64}$/)
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  test('denies by default in each namespace', () => {
    const denied = objectsAt('apps').filter(({ metadata }) => metadata.name === 'default-deny')
    expect(denied.map(({ metadata }) => metadata.namespace).sort()).toEqual(['external-secrets', 'network', 'web'])
  })
})
