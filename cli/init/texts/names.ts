/** Words at the end of a variable's, flag's or key's name, after a separator or as a part in camel case. */
const endsWith = (words: string): RegExp =>
  new RegExp(
    `(?:^|[_.\\s-])(?:${words})s?$|(?:[a-z0-9])(?:${words.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())})s?$`,
  )

const HOST_WORDS =
  'host|hostname|addr|address|server|endpoint|url|uri|upstream|backend|broker|target|dsn|proxy|peer|seed|node|datasource|fqdn|domain'
const HOST = endsWith(HOST_WORDS)
const UPPER_HOST = new RegExp(`(?:^|_)(?:${HOST_WORDS.toUpperCase()})S?$`)
/** Names whose values identify something, and only look like a host. */
const NO_HOST =
  /(?:^|[_.-]|(?<=[a-z]))(?:name|id|app|user|username|instance|component|topic|index|schema|db|database|bucket|realm|queue|group|role|title|env|environment|namespace|label|tag|type|kind|mode|release|cluster|zone|region|password|secret|key|image|prefix|service_name|job)$/i

/** Does the name of a variable, flag or key say that its value is a host? */
export const namesHost = (name: string): boolean => HOST.test(name) || UPPER_HOST.test(name)
/** Does it say that its value is something else, such as a name or a database? */
export const namesNoHost = (name: string): boolean => NO_HOST.test(name)

const HOST_SUFFIX =
  /(?:^|[_.-])(?:service_host|host|hostname|addr|address|server|endpoint|url|uri|fqdn)$|(?:Host|HostName|Hostname|Addr|Address|Server|Endpoint|Url|Uri)$/i
const PORT_SUFFIX = /(?:^|[_.-])port(?:_?(?:number|value))?$|[a-z0-9]Port(?:Number|Value)?$/i
const BARE_PORT = /^port(?:_?(?:number|value))?$/
const PORT = /^\s*(\d{1,5})\s*$/

/** The ports that are written next to a host: `REDIS_PORT` and `REDIS_METRICS_PORT` next to `REDIS_HOST`, `port_value` next to `address`. */
export function portsNextTo(name: string | undefined, siblings: ReadonlyMap<string, string>): number[] {
  const prefix = name === undefined ? undefined : prefixOf(name)
  if (prefix === undefined) return []
  const closer = [...siblings.keys()]
    .flatMap((sibling) => prefixOf(sibling) ?? [])
    .filter((other) => other !== prefix && other.startsWith(prefix))
  const ports = [...siblings].flatMap(([sibling, text]) => {
    const port = PORT.exec(text)?.[1]
    if (port === undefined || !PORT_SUFFIX.test(sibling)) return []
    const name = sibling.toLowerCase()
    const isOfAnother = closer.some((other) => other !== '' && name.startsWith(other))
    // A bare `host` belongs to a bare `port`, not to the port of another prefix.
    const isOurs = prefix === '' ? BARE_PORT.test(name) : name.startsWith(prefix)
    return isOurs && !isOfAnother ? [Number(port)] : []
  })
  return [...new Set(ports)]
}

/** What a name says before `HOST`: '' for `HOST` itself, undefined for a name of another form. */
const prefixOf = (name: string): string | undefined =>
  HOST_SUFFIX.test(name) ? name.replace(HOST_SUFFIX, '').toLowerCase() : undefined
