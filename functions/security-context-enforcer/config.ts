import * as z from 'zod/mini'
import { modeSchema } from '../lib/config.ts'

export const securityContextEnforcerSchema = z.strictObject({
  mode: modeSchema,
})
export type SecurityContextEnforcerSpec = z.infer<typeof securityContextEnforcerSchema>
