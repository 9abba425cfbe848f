import * as z from 'zod/mini'
import { modeSchema } from '../lib/config.ts'

export const replicationFactorSchema = z.strictObject({
  mode: modeSchema,
})
export type ReplicationFactorSpec = z.infer<typeof replicationFactorSchema>
