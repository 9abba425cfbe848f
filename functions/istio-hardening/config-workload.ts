import { type Off, offSchema, reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { telemetryOverrideSchema } from './config-telemetry.ts'

const quantity = z.string().check(z.minLength(1))
export const because = z.strictObject({ reason: reasonSchema }).check(z.describe('An exception and its reason'))

/** Refuses an exception without a reason. */
const needsReason = <T extends { reason?: string | undefined }>(isException: (value: T) => boolean) =>
  z.refine<T>((value) => !isException(value) || value.reason !== undefined, {
    path: ['reason'],
    message: 'a reason for the exception',
  })

export const proxySchema = z.strictObject({
  cpu: z._default(quantity, '10m').check(z.describe('CPU that the proxy requests')),
  memory: z._default(quantity, '64Mi').check(z.describe('Memory that the proxy requests')),
  cpuLimit: z._default(quantity, '1000m').check(z.describe('CPU limit of the proxy')),
  memoryLimit: z._default(quantity, '1Gi').check(z.describe('Memory limit of the proxy')),
})
const proxyOverrideSchema = z.strictObject({
  cpu: z.optional(quantity).check(z.describe('As `proxy.cpu`')),
  memory: z.optional(quantity).check(z.describe('As `proxy.memory`')),
  cpuLimit: z.optional(quantity).check(z.describe('As `proxy.cpuLimit`')),
  memoryLimit: z.optional(quantity).check(z.describe('As `proxy.memoryLimit`')),
})

/** resolv.conf(5): more than 15 dots count as 15. */
export const ndotsSchema = z.union([z.int().check(z.minimum(0), z.maximum(15)), offSchema])

export const scrapeSchema = z
  .union([
    offSchema,
    z.strictObject({
      port: z
        .union([z.int().check(z.minimum(1), z.maximum(65535)), z.string()])
        .check(z.describe('Name or number of the port; a number need not be declared by a container')),
      path: z._default(z.string(), '/metrics').check(z.describe('Path of the metrics')),
      scheme: z._default(z.enum(['http', 'https']), 'http').check(z.describe('Scheme of the metrics')),
    }),
  ])
  .check(z.describe('Where Prometheus scrapes the workload, or `off`'))
export type ScrapeTarget = Exclude<z.infer<typeof scrapeSchema>, Off>

export const outboundSchema = z
  .strictObject({
    mode: z.enum(['REGISTRY_ONLY', 'ALLOW_ANY']).check(z.describe('`outboundTrafficPolicy` of the Sidecar')),
    reason: z.optional(reasonSchema),
  })
  .check(
    needsReason(({ mode }) => mode === 'ALLOW_ANY'),
    z.describe('What the workload may call'),
  )

/** How far an organisation has come with mutual TLS. */
export const mtlsSchema = z.enum(['strict', 'permissive'])
export type MtlsStage = z.infer<typeof mtlsSchema>

export const workloadSchema = z
  .strictObject({
    inject: z
      .optional(z.literal(false))
      .check(z.describe('`false`, with a reason, keeps the workload out of the mesh')),
    reason: z.optional(reasonSchema),
    ndots: z.optional(ndotsSchema).check(z.describe('As `ndots`, for this workload')),
    proxy: z.optional(proxyOverrideSchema).check(z.describe('As `proxy`, for this workload')),
    mtls: z.optional(mtlsSchema).check(z.describe('As `mtls`, for this workload')),
    telemetry: z.optional(telemetryOverrideSchema).check(z.describe('As `telemetry`, for this workload')),
  })
  .check(
    needsReason(({ inject }) => inject === false),
    z.describe('Settings of the workload that differ'),
  )
