/** Where the image of the functions is published; its tag is `v` and the version of the package. */
export const IMAGE_REPOSITORY = 'ghcr.io/hippocampus-dev/krm-hardening'
