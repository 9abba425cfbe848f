import { lexemesOf } from './comments.ts'

/**
 * Refuses text that Go's YAML, which Kubernetes reads with, divides into other lines than the parsers here: to it a carriage
 * return alone, U+0085, U+2028 and U+2029 end a line, and so a comment or an unquoted value. What follows could be a field, or an
 * object, that no function saw. Quotes hold them, and so do blocks whose next line is as deep. Throws SyntaxError.
 */
export function requireOneReading(text: string): void {
  for (const { text: lexeme, start, isScalar } of lexemesOf(text)) {
    if (!isScalar && /^["']/.test(lexeme)) continue
    const found = lexeme.search(isScalar && /^[ \n]/.test(lexeme) ? outsideOf(lexeme) : ANY)
    if (found < 0) continue
    const at = start + found
    const lines = text.slice(0, at).split('\n')
    const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')
    throw new SyntaxError(
      `U+${code} outside of quotes ends a line for Kubernetes, so what follows it would be read as another field; write it as an escape in double quotes (line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1})`,
    )
  }
}

const ANY = /\r(?!\n)|[\u0085\u2028\u2029]/

/** Those in a block scalar after which a line begins that is less deep than the block. */
function outsideOf(block: string): RegExp {
  const depth = /^(?: *\r?\n)*( *)/.exec(block)?.[1]?.length ?? 0
  return new RegExp(`(?:\\r(?!\\n)|[\\u0085\\u2028\\u2029])(?! {${depth}}|\\r?\\n|$)`)
}
