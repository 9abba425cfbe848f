import * as z from 'zod/mini'
import { offSchema } from '../lib/framework/config.ts'

const provider = (name: string) => z._default(z.string(), name).check(z.describe('Name of a provider of the mesh'))

/** Providers are those that the mesh configuration names; each of the three may be off. */
export const telemetrySchema = z.strictObject({
  tracing: z
    .optional(
      z.union([
        offSchema,
        z.strictObject({
          provider: z
            .optional(z.string())
            .check(z.describe('Name of a provider of the mesh; without it, the default of the mesh')),
          percentage: z
            .optional(z.number().check(z.minimum(0), z.maximum(100)))
            .check(z.describe('Share of requests that are traced; without it, the share that the mesh is set to')),
        }),
      ]),
    )
    .check(z.describe('Tracing; without it, as the mesh is set to')),
  metrics: z
    .prefault(
      z.union([
        offSchema,
        z.strictObject({
          provider: provider('prometheus'),
          reportingInterval: z._default(z.string(), '15s').check(z.describe('How often the proxy reports')),
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
          provider: provider('envoy'),
          filter: z
            ._default(z.string(), 'request.protocol != null')
            .check(z.describe('CEL expression; requests for which it is false are not logged')),
        }),
      ]),
      {},
    )
    .check(z.describe('Access log of the requests that the workload serves')),
})
export type TelemetrySpec = z.infer<typeof telemetrySchema>
