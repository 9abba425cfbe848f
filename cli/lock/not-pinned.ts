/** The reason on an object for as long as its image has no digest: `lock` removes the exceptions that give it. */
export const NOT_PINNED = 'not pinned yet'
