import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { digestOf } from '../../../../functions/lib/charts/canonical-json.ts'
import { committed, flux, hardenedHomelab, homelab, RELEASE } from '../../../cli/flux/lib/homelab.ts'
import { edit } from '../../../cli/lib/command-line.ts'

describe('krm-hardening flux', () => {
  test('diff names the apps and objects that a change touches', async () => {
    const root = committed(homelab())
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

    test('names what the chart installs and the lock changes, with its connections', async () => {
      const root = committed(hardenedHomelab())
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
      const root = committed(hardenedHomelab())
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
})
