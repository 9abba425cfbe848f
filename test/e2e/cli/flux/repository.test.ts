import { type Edit, flux, found, homelab } from '../../../cli/flux/lib/homelab.ts'

describe('a repository', () => {
  test('is not walked whole where a file that starts something is no YAML, which is said', async () => {
    const root = homelab(['flux/cluster/ks.yaml', '  path: ./apps\n', '  path: ./apps\n  path: ./apps\n'])
    const { stderr } = await flux([], root)
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
    const { stdout } = await flux([], root)
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
    const { stdout } = await flux([], root)
    expect(stdout).toMatch(/spec\.eventSeverity: found "fatal", expected one of .* \(and in web\)$/m)
    const { findings } = JSON.parse((await flux(['--output', 'json'], root)).stdout)
    expect(findings).toMatchObject([{ alsoIn: ['web'], file: { path: 'components/alerts/alert.yaml' } }])
  })
})
