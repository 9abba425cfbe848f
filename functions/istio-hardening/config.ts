import * as z from 'zod/mini'
import { modeSchema } from '../lib/config.ts'

export const istioHardeningSchema = z.strictObject({
  mode: modeSchema,
})
export type IstioHardeningSpec = z.infer<typeof istioHardeningSchema>
