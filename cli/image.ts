/** The image that this version of the functions is published as: what the overlays name. */
export { PUBLISHED_IMAGE as IMAGE } from '../functions/lib/runner/published-image.ts'
