import { IMAGE_REPOSITORY } from '../functions/lib/runner/published-image.ts'
import { version } from '../package.json'

/** The image that this version of the functions is published as: what the overlays name. */
export const IMAGE = `${IMAGE_REPOSITORY}:v${version}`
