import * as z from 'zod/mini'
import { modeSchema } from '../lib/config.ts'

export const imageMirrorDigestSchema = z.strictObject({
  mode: modeSchema,
})
export type ImageMirrorDigestSpec = z.infer<typeof imageMirrorDigestSchema>
