import { version } from '../../../package.json'

/** Where the image of the functions is published. */
export const IMAGE_REPOSITORY = 'ghcr.io/hippocampus-dev/krm-hardening'

/** The image of this version. Everything that names it is generated from here, or compared with it by a test. */
export const PUBLISHED_IMAGE = `${IMAGE_REPOSITORY}:v${version}`
