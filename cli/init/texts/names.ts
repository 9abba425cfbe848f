/** Words at the end of a variable's, flag's or key's name: all of it, after a separator, or as a part in camel case. */
const endsWith = (words: string): RegExp => {
  const capitals = words.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())
  return new RegExp(`(?:^|[_.\\s-])(?:${words}|${capitals})s?$|[a-z0-9](?:${capitals})s?$`)
}

const HOST_WORDS =
  'host|hostname|addr|address|server|endpoint|url|uri|upstream|backend|broker|target|dsn|proxy|peer|seed|node|member|voter|datasource|fqdn|domain|bootstrap|join'
const HOST = endsWith(HOST_WORDS)
const UPPER_HOST = new RegExp(`(?:^|_)(?:${HOST_WORDS.toUpperCase()})S?$`)
/** Names whose values identify something, and only look like a host. */
const NO_HOST =
  /(?:^|[_.-]|(?<=[a-z]))(?:name|id|app|user|username|instance|component|topic|index|schema|db|database|bucket|realm|queue|group|role|title|env|environment|namespace|label|tag|type|kind|mode|driver|store|engine|dialect|adapter|provider|profile|feature|plugin|format|level|strategy|active|release|cluster|zone|region|password|secret|key|image|prefix|service_name|job)s?$/i

/** Does the name of a variable, flag or key say that its value is a host? */
export const namesHost = (name: string): boolean =>
  HOST.test(name) || UPPER_HOST.test(name) || isHostSetting(name) || namesPeers(name)
/** Does it say that its value is something else, such as a name or a database? */
export const namesNoHost = (name: string): boolean => NO_HOST.test(name) && !isHostSetting(name)

/** Settings by which the members of a cluster find each other. */
const PEERS =
  /(?:^|[_.-])(?:peers?|seeds?|seed[_-]hosts?|seed[_-]nodes?|members?|join|join[_-]members|voters?|contact[_-]points?|dns[._-]query|discovery|initial[_-]cluster|raft)$/i
export const namesPeers = (name: string): boolean => PEERS.test(name)

/** Words that settings join to `host` and `port` without a separator, as `DBHOST` and `RELAYHOST` do. */
const JOINED =
  '(?:db|database|sql|pg|postgres|mysql|mariadb|mongo|redis|valkey|cache|amqp|mq|smtp|mail|relay|ldap|kafka)'
/** Settings whose value can be nothing but the host of a server. */
const ONLY_HOST = new RegExp(
  `(?:^|[_.-])(?:${JOINED}?(?:host|hostname|server|addr)|hosts|address|fqdn|brokers|bootstrap[_.-]?servers?)$`,
  'i',
)
const ONLY_HOST_IN_CAMEL = /[a-z0-9](?:Host|Hostname|HostName|Hosts|Addr|Address|BootstrapServers)$/
export const isHostSetting = (name: string): boolean => ONLY_HOST.test(name) || ONLY_HOST_IN_CAMEL.test(name)

/** Settings that tell a program how others reach it, or on what it listens. */
const OWN_ADDRESS =
  /(?:^|[_.-])(?:public|external|canonical|cors|allowed|trusted|origins?|redirect|callback|root|advertised?|listen|listeners?|bind|overwrite|virtual|cookie|ingress|self|webroot|ext|springdoc|openapi|swagger|domains?)(?:$|[_.-]|(?=host|url|address))|(?:Public|External|Canonical|Cors|Allowed|Trusted|Origins?|Redirect|Callback|Root|Advertised?|Listen|Bind)(?=$|[A-Z_])|^(?:app|site|base|server|web|home|next_?auth|kc|gf_server)_?(?:url|uri|host|hostname|host_?name|domain)$|site_?url$|^(?:webhook_url|hostname)$/i
export const namesOwnAddress = (name: string): boolean => OWN_ADDRESS.test(name)

/** Settings whose hosts are let in, left out or shown to people, and never called. */
const NEVER_CALLED =
  /(?:^|[_.-])(?:docs?|documentation|help|support|terms|privacy|licen[cs]e|logo|icon|avatar|homepage|runbook|generator|feedback)_?ur[il]$|(?:^|[_.-])(?:no_?proxy|non_?proxy_?hosts|cors|csrf|csp|allowed|trusted|origins?|redirect|callback|cookie)(?:$|[_.-])|(?:nonProxyHosts|Cors|Allowed|Trusted|Origins?|Redirect|Callback)(?=$|[A-Z_])/i
export const namesNoCall = (name: string): boolean => NEVER_CALLED.test(name)

const HOST_SUFFIX = new RegExp(
  `(?:^|[_.-]|(?<=(?:^|[_.-])${JOINED}))(?:service_host|host|hostname|hosts|addr|address|server|servers|endpoint|url|uri|fqdn|broker|seeds?|upstream|backend|target|proxy)$|(?:Host|HostName|Hostname|Addr|Address|Server|Endpoint|Url|Uri|Broker)$`,
  'i',
)
const PORT_SUFFIX = new RegExp(
  `(?:^|[_.-]|(?:^|[_.-])${JOINED})port(?:_?(?:number|value|grpc|https?|tcp|udp|rest|api|ui|admin|metrics|native|client))?$|[a-z0-9]Port(?:Number|Value)?$`,
  'i',
)
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
    if (port === undefined || !isPortSetting(sibling)) return []
    const name = sibling.toLowerCase()
    const isOfAnother = closer.some((other) => other !== '' && name.startsWith(other))
    // A bare `host` belongs to a bare `port`, not to the port of another prefix.
    const isOurs = prefix === '' ? BARE_PORT.test(name) : name.startsWith(prefix)
    return isOurs && !isOfAnother ? [Number(port)] : []
  })
  return [...new Set(ports)]
}

export const isPortSetting = (name: string): boolean => PORT_SUFFIX.test(name)

/** What a name says before `HOST`: '' for `HOST` itself, undefined for a name of another form. */
const prefixOf = (name: string): string | undefined =>
  HOST_SUFFIX.test(name) ? name.replace(HOST_SUFFIX, '').toLowerCase() : undefined
