/** The name of this function: in findings. */
export const NAME = 'image-mirror-digest'
