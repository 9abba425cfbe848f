/** The name of this function: in findings. */
export const NAME = 'flux-conventions'
