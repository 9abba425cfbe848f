import { catalog } from '../catalog.ts'
import { fluxSchema } from '../lib/charts/config.ts'
import { elsewhereSchema } from '../lib/flows/elsewhere.ts'
import { gatewaysSchema } from '../lib/flows/gateways-schema.ts'
import { flowsSchema } from '../lib/flows/schema.ts'
import { modeSchema } from '../lib/framework/config.ts'
import type { KrmFunction } from '../lib/framework/function.ts'
import * as z from '../lib/framework/lazy-zod.ts'

/**
 * `spec` of a Hardening of these functions: one optional section for each, with exactly that function's own schema, and
 * the flows that they share.
 */
export const hardeningSchemaOf = (functions: readonly KrmFunction[]) =>
  z.strictObject({
    mode: z.optional(modeSchema).check(z.describe('`validate` puts every section into validate mode')),
    flows: z
      .optional(flowsSchema)
      .check(z.describe('Traffic, declared once for every section that derives something from it')),
    elsewhere: z
      .optional(elsewhereSchema)
      .check(z.describe('Pods of other repositories that flows name, so that nothing here has to have them')),
    gateways: z
      .optional(gatewaysSchema)
      .check(z.describe('Pods that carry traffic from outside to backends, for network policy and the mesh alike')),
    flux: z.optional(fluxSchema),
    ...Object.fromEntries(
      functions.map(({ section, schema, name }) => [
        section,
        z.optional(schema as z.$ZodType).check(z.describe(`Configuration of ${name}`)),
      ]),
    ),
  })

/** `spec` of a Hardening of the catalogue. */
export const hardeningSchema = hardeningSchemaOf(catalog)
