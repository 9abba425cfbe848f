const HOST = '[a-z](?:[a-z0-9.-]*[a-z0-9])?'
/** `connect(host="database", port=5432)`, `{host: 'database', port: 5432}` and `'host' => 'database'`. */
const NAMED = new RegExp(
  `(?<![\\w-])["']?(?:host|hostname|server)["']?\\s*(?:=>?|:)\\s*["'](${HOST})(?::(\\d{1,5}))?["'](?:[^(){}]*?["']?port["']?\\s*(?:=>?|:)\\s*["']?(\\d{1,5}))?`,
  'gi',
)
/** `define('DB_HOST', 'database'); define('DB_PORT', 5432)` of PHP, in one line. */
const DEFINED = new RegExp(
  `define\\(\\s*["']\\w*(?:HOST|SERVER)["']\\s*,\\s*["'](${HOST})(?::(\\d{1,5}))?["']\\s*\\)(?:[^()]*define\\(\\s*["']\\w*PORT["']\\s*,\\s*["']?(\\d{1,5}))?`,
  'gi',
)
/** `connect("database", 5432)`. */
const IN_ORDER = new RegExp(`\\(\\s*["'](${HOST})["']\\s*,\\s*(\\d{2,5})\\s*[,)]`, 'gi')

/** The hosts that a line of a program connects to, as the arguments of a call or the fields of an object. */
export const hostsInCode = (line: string): { host: string; port: number | undefined }[] =>
  [...line.matchAll(NAMED), ...line.matchAll(DEFINED), ...line.matchAll(IN_ORDER)].map(
    ([, host = '', first, second]) => {
      const port = first ?? second
      return { host, port: port === undefined ? undefined : Number(port) }
    },
  )

/** How programs ask for a variable, and what they take if it is not there. */
const LOOKUPS = [
  // Python, Ruby, PHP, Java.
  /\b(?:os\.environ\.get|os\.getenv|environ\.get|getenv|System\.getenv|ENV\.fetch|env(?:\.str)?|config)\(\s*["'](\w+)["'](?:\s*,\s*(?:default\s*=\s*)?["']([^"']*)["'])?\s*\)(?:\s*(?:or|\|\||\?\?|\?:)\s*["']([^"']*)["']|\s*\{\s*["']([^"']*)["']\s*\})?/g,
  /\b(?:os\.environ|ENV|\$_ENV)\[["'](\w+)["']\](?:\s*(?:or|\|\||\?\?)\s*["']([^"']*)["'])?/g,
  /\bprocess\.env\.(\w+)(?:\s*(?:\|\||\?\?)\s*["']([^"']*)["'])?/g,
]
const ASKS = /env/i
/** The tags of ERB around a value. */
const TEMPLATE = /<%=\s*(.*?)\s*-?%>/g

/** A text that is put into another. */
const INTERPOLATED = /\$?\{"([\w.-]+)"\}/g

/** Replaces what a program asks of its environment by what it gets. What nobody knows stays as it is. */
export const expandLookups = (text: string, lookup: (name: string) => string | undefined): string =>
  ASKS.test(text)
    ? LOOKUPS.reduce(
        (expanded, pattern) =>
          expanded.replaceAll(pattern, (whole: string, name: string, ...defaults: unknown[]) => {
            const value = lookup(name) ?? defaults.slice(0, -2).find((one) => typeof one === 'string')
            return value === undefined ? whole : `"${value}"`
          }),
        text,
      )
        .replaceAll(TEMPLATE, '$1')
        .replaceAll(INTERPOLATED, '$1')
    : text
