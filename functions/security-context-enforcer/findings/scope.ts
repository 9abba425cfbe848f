/** The first part of the ids of this function's findings. */
export const SCOPE = 'security-context-enforcer'
