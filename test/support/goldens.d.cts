/** See goldens.cjs. */
export const GOLDENS: readonly { files: RegExp; tests: string; whole?: boolean; slow?: boolean }[]
/** A pattern for the names of tests. */
export const COMPARING: string
