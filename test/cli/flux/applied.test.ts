import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { walkAll } from '../../../cli/flux/check.ts'
import { edit, IMAGE } from '../lib/command-line.ts'
import { ECHO, type Edit, found, HOMELAB, homelab, LIST, NOTES, newBuilder, RELEASE } from './lib/homelab.ts'

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
    const root = homelab()
    rmSync(join(root, 'apps/web/echo/app/kustomization.yaml'))
    const [walk] = await walkAll(root, newBuilder(), HOMELAB)
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
    const [walk] = await walkAll(root, newBuilder(), HOMELAB)
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
    const [walk] = await walkAll(homelab(...hardened), newBuilder(), HOMELAB)
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
