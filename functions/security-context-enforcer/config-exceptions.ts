import { reasonSchema } from '../lib/framework/config.ts'
import * as z from '../lib/framework/lazy-zod.ts'
import type { Check } from './checks/check.ts'
import { CHECK_NAMES, type CheckName, checks } from './checks/index.ts'

const allow = (allows: string) =>
  z.optional(reasonSchema).check(z.describe(`Why ${allows}; left as the manifest has it`))
const allowed = new Map((checks as readonly Check[]).map(({ name, allows }) => [name, allow(allows)]))

/** Checks that may fail for a workload, each with the reason why. */
export const exceptionsSchema = z
  .strictObject(
    Object.fromEntries(CHECK_NAMES.map((name) => [name, allowed.get(name)])) as Record<
      CheckName,
      ReturnType<typeof allow>
    >,
  )
  .check(z.describe('Checks that may fail in this workload'))
export type Exceptions = Partial<Record<CheckName, string>>
