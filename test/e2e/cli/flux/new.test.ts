import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { walkAll } from '../../../../cli/flux/check.ts'
import { CACHE, flux, found, hardenedHomelab, homelab, newBuilder } from '../../../cli/flux/lib/homelab.ts'
import { edit, program, systemTools } from '../../../cli/lib/command-line.ts'
import { krmHardening } from '../../../cli/lib/in-process.ts'

describe('krm-hardening flux', () => {
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
    const root = hardenedHomelab()
    expect(await flux(['new', 'media/films'], root)).toMatchObject({ exitCode: 0 })
    const kustomization = readFileSync(join(root, 'apps/media/films/app/kustomization.yaml'), 'utf8')
    expect(kustomization).toContain('namespace: media\nresources: []\ntransformers:\n  - ../../../../hardening\n')
    writeFileSync(
      join(root, 'apps/media/films/app/service.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: films\n',
    )
    edit(join(root, 'apps/media/films/app/kustomization.yaml'), (text) => text.replace('[]', '[service.yaml]'))
    const { stdout, exitCode } = await flux([], root)
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/media\/films .*, 1 object, hardened by a policy$/m)])
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

    test('locks the chart through helm, and passes', async () => {
      const root = hardenedHomelab()
      const { stdout, stderr, exitCode } = await flux(NEW, root, withHelm(IMAGE_OF_CHART))
      expect([exitCode, stderr]).toEqual([0, ''])
      expect(stdout).toContain('wrote apps/web/films/app/films.lock.yaml\n')
      const checked = await flux([], root)
      expect([checked.exitCode, checked.stdout]).toEqual([
        0,
        expect.stringMatching(/web\/films .*hardened by a policy$/m),
      ])
    })

    test('names the command that does so where helm is not there, and passes after it', async () => {
      const root = hardenedHomelab()
      const { stderr, exitCode } = await flux(NEW, root, { PATH: systemTools() })
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no helm on PATH')])
      const [, command = ''] = /^(?:krm-hardening: )?next: krm-hardening (.*)$/m.exec(stderr) ?? []
      expect(command).toBe('lock --chart apps/web/films/app/release.yaml --target-namespace web')
      expect((await flux([], root)).exitCode).toBe(1)
      const env = { XDG_CACHE_HOME: CACHE, ...withHelm(IMAGE_OF_CHART) }
      expect(await krmHardening(command.split(' '), { cwd: root, env })).toMatchObject({ exitCode: 0 })
      expect(await flux([], root)).toMatchObject({ exitCode: 0 })
    })

    test('names the command that asks for the digests of its images', async () => {
      const root = hardenedHomelab()
      const { stderr, exitCode } = await flux(NEW, root, withHelm('quay.io/acme/films:1.2.3'))
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining('next: krm-hardening lock hardening/policy.yaml quay.io/acme/films:1.2.3\n'),
      ])
    })
  })
})
