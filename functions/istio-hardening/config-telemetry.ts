import { offSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'

/** What is set where the policy sets nothing. Both are providers that Istio itself defines. */
export const telemetryDefaults = {
  metrics: { provider: 'prometheus', reportingInterval: '15s' },
  accessLogging: { provider: 'envoy', filter: 'request.protocol != null' },
} as const
const { metrics, accessLogging } = telemetryDefaults

const provider = z.string().check(z.describe('Name of a provider of the mesh'))
const reportingInterval = z.string().check(z.describe('How often the proxy reports'))
const filter = z.string().check(z.describe('CEL expression; requests for which it is false are not logged'))

const tracingSchema = z
  .union([
    offSchema,
    z.strictObject({
      provider: z
        .optional(z.string())
        .check(z.describe('Name of a provider of the mesh; without it, the default of the mesh')),
      percentage: z
        .optional(z.number().check(z.minimum(0), z.maximum(100)))
        .check(z.describe('Share of requests that are traced; if absent, the mesh decides')),
    }),
  ])
  .check(z.describe('Tracing; if absent, the mesh decides'))

/** Each of the three may be `off`, which disables it whatever the mesh says. */
export const telemetrySchema = z.strictObject({
  tracing: z.optional(tracingSchema),
  metrics: z
    .prefault(
      z.union([
        offSchema,
        z.strictObject({
          provider: z._default(provider, metrics.provider),
          reportingInterval: z._default(reportingInterval, metrics.reportingInterval),
        }),
      ]),
      {},
    )
    .check(z.describe('Metrics')),
  accessLogging: z
    .prefault(
      z.union([
        offSchema,
        z.strictObject({
          provider: z._default(provider, accessLogging.provider),
          filter: z._default(filter, accessLogging.filter),
        }),
      ]),
      {},
    )
    .check(z.describe('Access log of the requests that the workload serves')),
})
export type TelemetrySpec = z.infer<typeof telemetrySchema>

/** As `telemetrySchema` for one workload: a field that is left out keeps the value for all. */
export const telemetryOverrideSchema = z.strictObject({
  tracing: z.optional(tracingSchema),
  metrics: z
    .optional(
      z.union([
        offSchema,
        z.strictObject({ provider: z.optional(provider), reportingInterval: z.optional(reportingInterval) }),
      ]),
    )
    .check(z.describe('As `telemetry.metrics`')),
  accessLogging: z
    .optional(z.union([offSchema, z.strictObject({ provider: z.optional(provider), filter: z.optional(filter) })]))
    .check(z.describe('As `telemetry.accessLogging`')),
})
export type TelemetryOverride = z.infer<typeof telemetryOverrideSchema>
