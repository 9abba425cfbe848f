import { type Fields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { QUIET, run, workload } from './build.ts'

// What the policy says of the spread of one workload replaces what the manifest has.

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'
const OWN = { labelSelector: { matchLabels: { app: 'cart' } }, maxSkew: 2 }
const inManifest = (): Fields[] => [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', ...OWN },
  { topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', minDomains: 2, ...OWN },
]

async function constraints(spread: Fields | undefined): Promise<unknown> {
  const { spread: _, ...quiet } = QUIET
  const spec = { ...quiet, ...(spread && { workloads: { cart: { spread } } }) }
  const cart = workload('Deployment', 'cart', {
    replicas: 3,
    labels: { app: 'cart', tier: 'web' },
    pod: { topologySpreadConstraints: inManifest() },
  })
  const { objects } = await run([cart], spec)
  const written = valueAt(objects[0], ['spec', 'template', 'spec', 'topologySpreadConstraints']) as Fields[]
  return written.map(({ topologyKey, whenUnsatisfiable, minDomains, labelSelector }) => [
    topologyKey === ZONE ? 'zone' : 'hostname',
    whenUnsatisfiable,
    minDomains,
    (labelSelector as { matchLabels: unknown }).matchLabels,
  ])
}

const APP = { app: 'cart' }
test.each<[string, Fields | undefined, unknown[]]>([
  [
    'nothing',
    undefined,
    [
      ['hostname', 'ScheduleAnyway', undefined, APP],
      ['zone', 'DoNotSchedule', 2, APP],
    ],
  ],
  [
    'the nodes',
    { hostname: 'DoNotSchedule' },
    [
      ['hostname', 'DoNotSchedule', undefined, APP],
      ['zone', 'DoNotSchedule', 2, APP],
    ],
  ],
  [
    'the zones, of which there need not be two then',
    { zone: 'ScheduleAnyway' },
    [
      ['hostname', 'ScheduleAnyway', undefined, APP],
      ['zone', 'ScheduleAnyway', undefined, APP],
    ],
  ],
  [
    'how many zones there are',
    { zone: 'DoNotSchedule', minDomains: 3 },
    [
      ['hostname', 'ScheduleAnyway', undefined, APP],
      ['zone', 'DoNotSchedule', 3, APP],
    ],
  ],
  [
    'the pods to spread',
    { selector: { tier: 'web' } },
    [
      ['hostname', 'ScheduleAnyway', undefined, { tier: 'web' }],
      ['zone', 'DoNotSchedule', 2, { tier: 'web' }],
    ],
  ],
])('%s', async (_, spread, expected) => {
  expect(await constraints(spread)).toEqual(expected)
})
