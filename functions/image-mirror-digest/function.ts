import { defineFunction } from '../lib/framework/function.ts'
import { Audit } from './audit/audit.ts'
import { type ImageMirrorDigestSpec, imageMirrorDigestSchema } from './config.ts'
import { NAME } from './name.ts'
import { Places } from './places/find.ts'
import { takesPullSecrets } from './pull-secrets/pull-secrets.ts'
import { transform } from './transform.ts'

/** The parts of a configuration that decide which items are read, made once for all items. */
const deciders = new WeakMap<ImageMirrorDigestSpec, { places: Places; audit: Audit | undefined }>()

function decidersOf(spec: ImageMirrorDigestSpec): { places: Places; audit: Audit | undefined } {
  const known = deciders.get(spec)
  if (known) return known
  const decided = { places: new Places(spec.places), audit: spec.audit ? new Audit(spec) : undefined }
  deciders.set(spec, decided)
  return decided
}

export const imageMirrorDigest = defineFunction<ImageMirrorDigestSpec>({
  name: NAME,
  kind: 'ImageMirrorDigest',
  section: 'images',
  description: 'Points every image at the mirror and pins it to the digest of a lock, wherever an image can be',
  schema: imageMirrorDigestSchema,
  reads: (spec, item) => {
    const { places, audit } = decidersOf(spec)
    return (
      places.mayHold(item) ||
      takesPullSecrets(spec, item) ||
      (item.kind !== 'CustomResourceDefinition' && audit?.mayHold(item.text) === true)
    )
  },
  transform,
})
