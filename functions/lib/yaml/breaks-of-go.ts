/** To Go's YAML, which Kubernetes reads with, these end a line; to the parsers here they are letters. */
export const BREAKS_OF_GO = /\r(?!\n)|[\u0085\u2028\u2029]/g

export const hasBreaksOfGo = (text: string): boolean => text.search(BREAKS_OF_GO) >= 0
