import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { matchesSelector } from '../../functions/lib/kubernetes/selector.ts'
import { runSteps } from '../../functions/lib/runner/steps.ts'
import { replicationFactorSchema } from '../../functions/replication-factor/config.ts'
import { replicationFactor } from '../../functions/replication-factor/function.ts'
import fc, { runs } from '../support/fast-check.ts'
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

/** A build as people write it: some workloads are scaled by hand, some by an autoscaler, and some have already what the function would add. */
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

/** More ways to write a build: Jobs and DaemonSets under the selector of a Deployment, Rollouts that borrow their pods. */
const overlapping = fc
  .array(
    fc.record({
      kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Rollout'),
      labels: fc.record(
        { app: fc.constantFrom('a', 'b'), tier: fc.constantFrom('web', 'clean'), part: fc.constant('x') },
        { requiredKeys: ['app'] },
      ),
      selector: fc.constantFrom('app', 'tier', 'part'),
      replicas: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 6 },
  )
  .map((parts) =>
    parts.map(({ kind, labels, selector, replicas: count }, index): KubernetesObject => {
      const apiVersion = { Job: 'batch/v1', Rollout: 'argoproj.io/v1alpha1' }[kind as string] ?? 'apps/v1'
      const object = workload(kind, `w${index}`, { labels: labels as Record<string, string>, replicas: count })
      if (kind === 'Rollout') {
        const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: `w${index - 1}` }
        return { apiVersion, kind, metadata: object.metadata, spec: { replicas: count, workloadRef } }
      }
      const value = (labels as Record<string, string>)[selector]
      const own = value === undefined ? { app: labels.app } : { [selector]: value }
      return { ...object, apiVersion, spec: { ...(object.spec as Fields), selector: { matchLabels: own } } }
    }),
  )

test('a second run over its own output changes nothing and says the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(builds, overlapping), policies, async (objects, spec) => {
      const first = await run(objects, spec)
      const second = await run(first.objects, spec)
      expect(second.objects).toEqual(first.objects)
      expect(second.errors).toEqual(first.errors)
    }),
  )
})

test('validate finds nothing to change in what mutate wrote', async () => {
  const parse = (mode: string, spec: Fields) => parseConfig(replicationFactorSchema, { ...spec, mode }, 'spec')
  await fc.assert(
    fc.asyncProperty(fc.oneof(builds, overlapping), policies, async (input, spec) => {
      // The runner refuses a number in quotes before any function sees it.
      fc.pre(!JSON.stringify(input).includes('"replicas":"2"'))
      const objects = structuredClone(input)
      const errorsOf = async (mode: string) => {
        const { reported } = await runSteps(objects, [{ function: replicationFactor, spec: parse(mode, spec) }])
        return reported.filter(({ finding }) => finding.severity === 'error').map(({ finding }) => finding.id)
      }
      fc.pre((await errorsOf('mutate')).length === 0)
      expect(await errorsOf('validate')).toEqual([])
    }),
    { numRuns: runs(60) },
  )
})

/** A label that the controller of a kind without a scale gives to its pods. */
const OF_CONTROLLER: Record<string, Record<string, string>> = {
  Job: { 'job-name': 'w' },
  DaemonSet: { 'pod-template-generation': '1' },
}

test('a budget that is generated can be evicted from: all its pods have a scale, or its limit needs none', async () => {
  await fc.assert(
    fc.asyncProperty(overlapping, async (input) => {
      const { objects, findings } = await run(input, { spread: 'off' })
      const refused = findings.some(({ severity }) => severity === 'error')
      for (const { kind, spec } of refused ? [] : objects) {
        if (kind !== 'PodDisruptionBudget' || (spec as Fields).minAvailable !== undefined) continue
        const reached = objects.filter(
          (object) =>
            Object.hasOwn(OF_CONTROLLER, object.kind) &&
            matchesSelector((spec as Fields).selector, {
              ...podTemplateOf(object)?.metadata?.labels,
              ...OF_CONTROLLER[object.kind],
            }),
        )
        expect(reached).toEqual([])
      }
    }),
    { numRuns: runs(60) },
  )
})

test('nothing that is written depends on the order of the objects', async () => {
  const sorted = (objects: readonly KubernetesObject[]) => objects.map((object) => JSON.stringify(object)).sort()
  await fc.assert(
    fc.asyncProperty(fc.oneof(builds, overlapping), policies, async (objects, spec) => {
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

test('nothing sets replicas that an autoscaler sets, and no placeholder is lost', async () => {
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

test('hand-written parts of a spread stay', async () => {
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
