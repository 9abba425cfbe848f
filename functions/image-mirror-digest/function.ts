import { defineFunction } from '../lib/function.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type ImageMirrorDigestSpec, imageMirrorDigestSchema } from './config.ts'
import { transform } from './transform.ts'

export const imageMirrorDigest = defineFunction<ImageMirrorDigestSpec>({
  name: 'image-mirror-digest',
  kind: 'ImageMirrorDigest',
  section: 'images',
  description: '',
  schema: imageMirrorDigestSchema,
  reads: (_spec, item) => isPodOwner(item),
  transform,
})
