import * as z from 'zod/mini'
import { modeSchema } from '../lib/config.ts'

export const networkPolicyDefaultDenySchema = z.strictObject({
  mode: modeSchema,
})
export type NetworkPolicyDefaultDenySpec = z.infer<typeof networkPolicyDefaultDenySchema>
