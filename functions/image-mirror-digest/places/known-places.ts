import { CUSTOM_RESOURCES, IMAGE_SETTINGS } from '../../lib/operators/index.ts'
import type { ImagePlace } from './schema.ts'

/** Places outside pod specs that tell the known operators which images to run. */
export const KNOWN_PLACES: readonly ImagePlace[] = [
  ...IMAGE_SETTINGS,
  ...Object.entries(CUSTOM_RESOURCES).flatMap(([kind, { images = [] }]) =>
    images.map((image) => (typeof image === 'string' ? { kind, path: image } : { kind, ...image })),
  ),
]
