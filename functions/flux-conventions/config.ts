import { modeSchema, offSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import { policyShape, reasonSchema } from './config-policy.ts'
import { RULE_NAMES } from './rules/index.ts'

const ruleSchema = z.enum(RULE_NAMES)

const severitySchema = z
  .strictObject({
    severity: z
      .union([z.enum(['error', 'warning', 'info']), offSchema])
      .check(z.describe('What its findings are; `off` for none')),
    reason: reasonSchema,
  })
  .check(z.describe('A rule'))

/** `spec` of FluxConventions. */
export const fluxConventionsSchema = z.strictObject({
  mode: modeSchema,
  fix: z
    ._default(z.boolean(), false)
    .check(
      z.describe(
        'Repair what is safe: API versions, retries, timeouts, intervals, `prune`, and `wait` where something depends on it',
      ),
    ),
  complete: z
    ._default(z.boolean(), false)
    .check(z.describe('The build holds everything that Flux applies, so what it does not have is nowhere')),
  rules: z
    .optional(z.partialRecord(ruleSchema, severitySchema))
    .check(z.describe('Severities that differ, by the name of the rule')),
  exceptions: z
    .optional(z.record(z.string(), z.partialRecord(ruleSchema, reasonSchema)))
    .check(
      z.describe(
        'Rules that an object may break, each with the reason, by `name`, `Kind/name` or `Kind/namespace/name` of the object',
      ),
    ),
  ...policyShape,
})
export type FluxConventionsSpec = z.infer<typeof fluxConventionsSchema>
