import fc from 'fast-check'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, configMap, run, workload } from './build.ts'

const NAMES = ['cart', 'search', 'store', 'cache', 'etcd']
const PLACEHOLDER = `\${REPLICAS:=3}`

const replicas = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 0, max: 7 }),
  fc.constantFrom<string>(PLACEHOLDER, '2'),
)

const written = fc.array(
  fc.constantFrom(
    { topologyKey: 'kubernetes.io/hostname', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' },
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
    { topologyKey: 'topology.kubernetes.io/region', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
  ),
  { maxLength: 2 },
)

/** A build as people write them: some workloads scaled by hand, some by an autoscaler, some with what we would add. */
const builds = fc
  .array(
    fc.record({
      kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'),
      name: fc.constantFrom(...NAMES),
      replicas,
      written,
      least: fc.option(fc.integer({ min: 1, max: 4 })),
      budget: fc.option(fc.constantFrom<Fields>({ maxUnavailable: 1 }, { minAvailable: 1 }, { maxUnavailable: '30%' })),
    }),
    { maxLength: 5 },
  )
  .map((parts) =>
    [...new Map(parts.map((part) => [part.name, part])).values()].flatMap((part): KubernetesObject[] => {
      const { kind, name, least, budget } = part
      const pod = part.written.length > 0 ? { topologySpreadConstraints: structuredClone(part.written) } : {}
      const objects = [workload(kind, name, { replicas: part.replicas, pod, spec: { serviceName: name } })]
      if (least !== null && kind !== 'DaemonSet') objects.push(autoscaler(name, least, kind))
      if (budget)
        objects.push({
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: `${name}-budget`, namespace: 'shop' },
          spec: { ...budget, selector: { matchLabels: { app: name } } },
        })
      return objects
    }),
  )
  .map((objects) => [...objects, configMap('config', 'a.yaml', '# how many\ncopies: 1 # of each\nmembers: []\n')])

const own = fc.record(
  {
    disruptionBudget: fc.constantFrom<unknown>('off', { maxUnavailable: 2 }, { name: 'own' }),
    spread: fc.constantFrom<unknown>('off', { zone: 'DoNotSchedule', minDomains: 2 }),
  },
  { requiredKeys: [] },
)
const rule = (from: string): Fields => ({
  copies: { from, formula: 'min(factor, count)', target: { configMap: { key: 'a.yaml', path: 'copies' } } },
  members: {
    from,
    formula: 'members',
    template: '{pod}.{service}',
    target: { configMap: { key: 'a.yaml', path: 'members' } },
  },
  count: { from, formula: 'count', target: { env: { name: 'REPLICAS' } } },
})

const policies = fc.record({
  factor: fc.integer({ min: 1, max: 5 }),
  replicas: fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 5 }), { noNullPrototype: true }),
  workloads: fc.dictionary(fc.constantFrom(...NAMES), own, { noNullPrototype: true }),
  derive: fc.oneof(fc.constant({}), fc.constantFrom(...NAMES).map(rule)),
})

test('a second run over its own output changes nothing and says the same', async () => {
  await fc.assert(
    fc.asyncProperty(builds, policies, async (objects, spec) => {
      const first = await run(objects, spec)
      const second = await run(first.objects, spec)
      expect(second.objects).toEqual(first.objects)
      expect(second.errors).toEqual(first.errors)
    }),
  )
})

test('nothing that is written depends on the order of the objects', async () => {
  const sorted = (objects: readonly KubernetesObject[]) => objects.map((object) => JSON.stringify(object)).sort()
  await fc.assert(
    fc.asyncProperty(builds, policies, async (objects, spec) => {
      const forwards = await run(objects, spec)
      const backwards = await run(objects.toReversed(), spec)
      expect(sorted(backwards.objects)).toEqual(sorted(forwards.objects))
      expect(backwards.errors.toSorted()).toEqual(forwards.errors.toSorted())
    }),
  )
})

test('every Deployment and StatefulSet has exactly one budget, and no pod more, unless the policy says off', async () => {
  await fc.assert(
    fc.asyncProperty(builds, async (objects) => {
      const { objects: after } = await run(objects)
      const budgets = after.filter(({ kind }) => kind === 'PodDisruptionBudget')
      for (const { kind, metadata } of after.filter((object) => object.apiVersion === 'apps/v1')) {
        const own = budgets.filter((budget) => JSON.stringify(budget.spec).includes(`"app":"${metadata.name}"`))
        const isHandWritten = objects.some((object) => object.metadata.name === `${metadata.name}-budget`)
        expect(own).toHaveLength(kind !== 'DaemonSet' || isHandWritten ? 1 : 0)
      }
    }),
  )
})

test('nothing writes replicas where an autoscaler has them, and no placeholder is lost', async () => {
  await fc.assert(
    fc.asyncProperty(builds, policies, async (objects, spec) => {
      const { objects: after } = await run(objects, spec)
      objects.forEach((before, index) => {
        const { replicas: was } = (before.spec ?? {}) as { replicas?: unknown }
        const { replicas: is } = (after[index]?.spec ?? {}) as { replicas?: unknown }
        const isScaled = objects.some(
          ({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name === before.metadata.name,
        )
        if (isScaled || was === PLACEHOLDER) expect(is).toBe(was)
      })
    }),
  )
})

test('what a person wrote of a spread stays', async () => {
  await fc.assert(
    fc.asyncProperty(builds, async (objects) => {
      const { objects: after } = await run(objects)
      const constraintsOf = (object: KubernetesObject | undefined): Fields[] =>
        (object?.spec as { template?: { spec?: { topologySpreadConstraints?: Fields[] } } })?.template?.spec
          ?.topologySpreadConstraints ?? []
      objects.forEach((before, index) => {
        for (const constraint of constraintsOf(before))
          expect(constraintsOf(after[index])).toContainEqual(expect.objectContaining(constraint))
      })
    }),
  )
})
