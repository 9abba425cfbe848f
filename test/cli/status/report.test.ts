import { asJson } from '../../../cli/status/json.ts'
import { statusOf } from '../../../cli/status/status.ts'
import { asText } from '../../../cli/status/text.ts'
import type { Snapshot } from '../../../cli/status/world.ts'
import { colorsFor } from '../../../cli/terminal.ts'
import { by, crashing, failed, from, NOW, of, ready, unavailable, warning } from './lib/objects.ts'

const text = (snapshot: Partial<Snapshot>): string =>
  asText(statusOf({ objects: [], unread: [], ...snapshot }, NOW), NOW, colorsFor({}, {}))

test('a healthy cluster is one line', () => {
  expect(text({ objects: [ready('GitRepository a/b')] })).toBe(
    '✓ healthy: 1 object of Flux, 0 pods, 0 volume claims, 0 nodes\n',
  )
})

test('each root cause comes first, and what follows from it below', () => {
  const objects = [
    failed('Kustomization flux-system/apps', from('GitRepository', 'lab')),
    by('HelmRelease media/films', unavailable('Deployment media/films')),
    of('Deployment films', crashing('Pod media/films-a')),
    warning('Pod media/films-a', 'BackOff', 'Back-off restarting'),
  ]
  expect(text({ objects })).toBe(`\
✗ GitRepository flux-system/lab is missing
    named by Kustomization flux-system/apps
  → Kustomization flux-system/apps failed: Because: of this (for 10m)
✗ Pod media/films-a failed: CrashLoopBackOff: container app ended with exit code 1 (Error) (restarted 7 times, for 3m, of HelmRelease media/films)
    BackOff: Back-off restarting (2 times, 5m ago)
  → Deployment media/films not ready: MinimumReplicasUnavailable (for 10m, of HelmRelease media/films)
2 root causes explain 4 that are not healthy, of 1 object of Flux, 1 pod, 0 volume claims, 0 nodes
`)
})

test('a circle is shown with what each of its members says', () => {
  const objects = ['a', 'b'].map((name) =>
    failed(`Kustomization x/${name}`, { dependsOn: [{ name: name === 'a' ? 'b' : 'a' }] }),
  )
  expect(text({ objects })).toContain(`\
✗ a circle: Kustomization x/a → Kustomization x/b → Kustomization x/a
    Kustomization x/a failed: Because: of this (for 10m)
    Kustomization x/b failed: Because: of this (for 10m)
`)
})

test('what may not be read is named, a line for each kind, and is not healthy', () => {
  const unread = ['a', 'b'].map((namespace) => ({ kind: 'Pod', resource: 'pods', namespace, why: 'it is forbidden' }))
  expect(text({ unread })).toBe(`\
not read: pods in a, b: it is forbidden
Nothing unhealthy was found in what may be read: 0 objects of Flux, 0 pods, 0 volume claims, 0 nodes
`)
  expect(JSON.parse(asJson(statusOf({ objects: [], unread }, NOW)))).toMatchObject({ healthy: false, unread })
})

test('names and messages cannot move the cursor, in text and in JSON', () => {
  const hostile = '\u001b[2J\u009b31m\u202e'
  const objects = [failed('Kustomization x/a', from(`Git${hostile}`, `b${hostile}`), hostile, `c${hostile}`)]
  const status = statusOf({ objects, unread: [{ kind: 'GitRepository', resource: 'x', why: 'y' }] }, NOW)
  for (const written of [asText(status, NOW, colorsFor({}, {})), JSON.stringify(JSON.parse(asJson(status)))])
    expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]|\\u001b/u)
})

test('long lists name the first five, and JSON has them all', () => {
  const objects = Array.from({ length: 8 }, (_, index) =>
    failed(`Kustomization x/k${index}`, from('GitRepository', 'lab')),
  )
  expect(text({ objects })).toContain(
    'named by Kustomization x/k0, Kustomization x/k1, Kustomization x/k2, Kustomization x/k3, Kustomization x/k4, 3 more\n',
  )
  const { causes } = JSON.parse(asJson(statusOf({ objects, unread: [] }, NOW)))
  expect(causes[0].objects[0].neededBy).toHaveLength(8)
})

test('JSON has the chain', () => {
  const objects = [failed('Kustomization x/a', from('GitRepository', 'lab'))]
  expect(JSON.parse(asJson(statusOf({ objects, unread: [] }, NOW)))).toMatchObject({
    healthy: false,
    causes: [
      {
        objects: [{ kind: 'GitRepository', namespace: 'x', name: 'lab', state: 'missing' }],
        effects: [{ objects: [{ kind: 'Kustomization', state: 'failed', reason: 'Because' }] }],
      },
    ],
    counts: { flux: 1 },
  })
})
