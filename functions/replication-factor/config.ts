import { fluxSchema } from '../lib/charts/config.ts'
import { modeSchema, offSchema, reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { ruleSchema } from './config-derive.ts'
import { presetsSchema } from './config-presets.ts'

const name = z.string().check(z.minLength(1))
const labels = z.record(z.string(), z.string())

const amountSchema = z.union([
  z.int().check(z.gte(0)),
  z.string().check(z.regex(/^\d+%$/, 'a whole number or a percentage such as 25%')),
])

const limits = {
  maxUnavailable: z.optional(amountSchema).check(z.describe('How many pods may be away at once')),
  minAvailable: z.optional(amountSchema).check(z.describe('How many pods must stay')),
  unhealthyPodEvictionPolicy: z
    .optional(z.enum(['IfHealthyBudget', 'AlwaysAllow']))
    .check(z.describe('`AlwaysAllow` lets pods that are not ready be evicted, whatever the limit')),
}
const oneLimit = z.refine<{ maxUnavailable?: unknown; minAvailable?: unknown }>(
  ({ maxUnavailable, minAvailable }) => maxUnavailable === undefined || minAvailable === undefined,
  'either maxUnavailable or minAvailable; a layer of policy deletes the other with null',
)

const budgetSchema = z.strictObject(limits).check(
  oneLimit,
  z.refine((budget) => Object.keys(budget).length > 0, 'maxUnavailable, minAvailable or unhealthyPodEvictionPolicy'),
)
const ownBudgetSchema = z
  .strictObject({
    ...limits,
    name: z.optional(name).check(z.describe("Name of the budget; default the workload's")),
    selector: z
      .optional(labels)
      .check(z.describe("Labels of the pods that it counts; default the workload's selector")),
  })
  .check(oneLimit)

const constraintSchema = z.union([z.enum(['ScheduleAnyway', 'DoNotSchedule']), offSchema])
const spreadSchema = z.strictObject({
  hostname: z.optional(constraintSchema).check(z.describe('Across nodes; default ScheduleAnyway')),
  zone: z.optional(constraintSchema).check(z.describe('Across zones; default ScheduleAnyway')),
  minDomains: z
    .optional(z.int().check(z.gte(1)))
    .check(z.describe('How many zones there must be; needs `zone: DoNotSchedule`')),
  selector: z.optional(labels).check(z.describe("Labels of the pods to spread; default the workload's selector")),
})
export type SpreadSpec = z.infer<typeof spreadSchema>

const workloadSchema = z
  .strictObject({
    factor: z
      .optional(z.int().check(z.gte(1)))
      .check(z.describe('Copies that this workload holds, if not the `factor` of the environment; needs a reason')),
    disruptionBudget: z.optional(z.union([offSchema, ownBudgetSchema])).check(z.describe('Its budget')),
    spread: z
      .optional(z.union([offSchema, spreadSchema]))
      .check(z.describe('Its spread; fields that are not set are those of `spread`')),
    reason: z.optional(reasonSchema),
  })
  .check(
    z.refine(({ factor, reason }) => factor === undefined || reason !== undefined, 'a reason with factor'),
    z.describe('One workload'),
  )

const distributionSchema = z.union([z.enum(['PreferClose', 'PreferSameZone', 'PreferSameNode']), offSchema])

const quorumSchema = z
  .union([
    z.literal(true),
    z.strictObject({
      enabled: z.literal(false).check(z.describe('Not a quorum, although its arguments look like one')),
      reason: reasonSchema,
    }),
  ])
  .check(z.describe('`true`, or why it is not a quorum'))

export const replicationFactorSchema = z.strictObject({
  mode: modeSchema,
  flux: z.optional(fluxSchema),
  factor: z
    .optional(z.int().check(z.gte(1)))
    .check(z.describe('Copies of each datum in this environment; presets and formulas with `factor` need it')),
  environment: z
    ._default(name, 'production')
    .check(z.describe('`dev` allows fewer than three TiKV; every other name does not')),
  replicas: z
    ._default(z.record(name, z.int().check(z.gte(0))), {})
    .check(
      z.describe(
        'Replicas by name or `Kind/name`; where an autoscaler scales the workload, its minimum must be at least this',
      ),
    ),
  workloads: z
    ._default(z.record(name, workloadSchema), {})
    .check(z.describe('Settings of one workload, by name or `Kind/name`')),
  disruptionBudget: z
    ._default(z.union([offSchema, budgetSchema]), { maxUnavailable: 1 })
    .check(z.describe('Budget of every Deployment, StatefulSet and Rollout that no budget selects yet')),
  spread: z
    ._default(z.union([offSchema, spreadSchema]), {})
    .check(z.describe('Spread of every Deployment, StatefulSet and Rollout')),
  quorum: z
    ._default(z.record(name, quorumSchema), {})
    .check(
      z.describe(
        'Workloads that decide by majority, by name, `Kind/name` or a pattern with `*` that covers the members of one quorum',
      ),
    ),
  trafficDistribution: z
    ._default(distributionSchema, 'PreferClose')
    .check(z.describe('trafficDistribution of every Service that is not headless')),
  services: z
    ._default(
      z.record(
        name,
        z
          .strictObject({
            trafficDistribution: distributionSchema.check(
              z.describe('trafficDistribution of this Service, headless or not'),
            ),
          })
          .check(z.describe('One Service')),
      ),
      {},
    )
    .check(z.describe('Settings of one Service, by name')),
  derive: z
    ._default(z.record(name, ruleSchema), {})
    .check(z.describe('Values that follow from replicas, by a name of your choice')),
  presets: z
    ._default(presetsSchema, {})
    .check(z.describe('Programs for which it is known where such values belong, by preset')),
})
export type ReplicationFactorSpec = z.infer<typeof replicationFactorSchema>
