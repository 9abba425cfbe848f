import * as z from 'zod/mini'
import { catalog } from '../catalog.ts'
import { elsewhereSchema } from '../lib/flows/elsewhere.ts'
import { flowsSchema } from '../lib/flows/schema.ts'
import { modeSchema } from '../lib/framework/config.ts'

/** `spec` of a Hardening: one optional section per function, each with exactly that function's own schema, and the flows that they share. */
export const hardeningSchema = z.strictObject({
  mode: z.optional(modeSchema).check(z.describe('`validate` puts every section into validate mode')),
  flows: z
    .optional(flowsSchema)
    .check(z.describe('Traffic, declared once for every section that derives something from it')),
  elsewhere: z
    .optional(elsewhereSchema)
    .check(z.describe('Pods of other repositories that flows name, so that nothing here has to have them')),
  ...Object.fromEntries(
    catalog.map(({ section, schema, name }) => [
      section,
      z.optional(schema).check(z.describe(`Configuration of ${name}`)),
    ]),
  ),
})
