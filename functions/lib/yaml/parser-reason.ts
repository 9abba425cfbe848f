const OF_YAML = /: .*(?= at line \d+, column \d+)|(?<=before the alias\)): .*/
const OF_JS_YAML = /:? (?:".*"|!<.*>)(?= \(\d+:\d+\)$)/

/**
 * Why a parser refused a text, in one line, without the piece of the text that it quotes: where YAML is broken, that may be a
 * password, such as one that begins with `|` and is not in quotes.
 */
export function parserReason(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
  return line.replace(OF_YAML, '').replace(OF_JS_YAML, '')
}
