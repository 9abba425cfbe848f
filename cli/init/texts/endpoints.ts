/** A host that a text names, and the port if it names one. */
export interface HostAndPort {
  host: string
  port: number | undefined
  /** The name of a Service's port, from a DNS SRV record `_name._tcp.host`. */
  portName: string | undefined
  /** How it is written: in a URL, as host and port, or as a name that is the whole value. */
  form: 'url' | 'address' | 'name'
}

/** Ports that clients dial if a URL names none. Source: https://www.iana.org/assignments/service-names-port-numbers */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
  clickhouse: 9000,
  elasticsearch: 9200,
  http: 80,
  https: 443,
  ldap: 389,
  ldaps: 636,
  memcached: 11211,
  mongodb: 27017,
  mqtt: 1883,
  mqtts: 8883,
  mysql: 3306,
  nats: 4222,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  smtp: 25,
  smtps: 465,
  ws: 80,
  wss: 443,
}

/** Schemes whose authority is a bucket, a file, an image or a name in something else: no host. */
const NO_HOST =
  /^(?:s3|gs|gcs|abfss?|azblob|wasbs?|file|unix|oci|docker|docker-daemon|data|jar|classpath|mem|memory|inmemory|secret|vault|spiffe|pkcs11|git\+ssh|mailto|urn)$/i

const HOST = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?'
const SRV = '(?:_([a-z0-9-]+)\\._(?:tcp|udp)\\.)?'
/** How gRPC and Thanos say that a name is to be looked up, in front of it. */
const LOOKUP = /\b(?:dns|dnssrv|dnssrvnoa|srv|srvnoa|passthrough)(?:\+|:\/\/(?:[\w.:]+)?\/)/gi
const URLS = new RegExp(`\\b([a-z][a-z0-9+.-]*)://(?:[^\\s/"'<>]*@)?${SRV}(${HOST})\\.?(?::(\\d{1,5})\\b)?`, 'gi')
const HOST_AND_PORT = new RegExp(`(?<![\\w.:/-])${SRV}(${HOST})\\.?(:| +)(\\d{1,5})(?![\\w.])`, 'gi')
/** `nc -h host -p port`, as many clients take them, and `--host replica-set/host:port` of MongoDB. */
const OPTIONS = new RegExp(
  `(?:^|\\s)(?:-h|--host(?:name)?)[ =]+(?:[\\w-]+/)?(${HOST})(?::(\\d{1,5})\\b|.*?\\s(?:-p|-P|--port)[ =]*(\\d{1,5})\\b)?`,
  'i',
)
/** `Host=database;Port=5432` of connection strings, and `host=database port=5432` of libpq. */
const CONNECTION = new RegExp(
  `(?:^|[;\\s"'])(?:host|server|hostname|data source|addr|address|endpoint)\\s*=\\s*(${HOST})(?:[:,](\\d{1,5}))?(?=$|[;\\s"'])(?:.*?[;\\s]port\\s*=\\s*(\\d{1,5}))?`,
  'i',
)
/** `host`, or a list of hosts. */
const NAMES = new RegExp(`^${SRV}${HOST}\\.?(?:\\s*[,;]\\s*${SRV}${HOST}\\.?)*$`, 'i')
const NAME = new RegExp(`${SRV}(${HOST})`, 'gi')
const COMMENT = /^\s*(?:#|;|\/\/)/
/** Longer lines are data. The patterns above are fast only on lines of limited length. */
const LONGEST = 4096

/** Every host that a value names, each once. Comments of scripts and configuration are passed over. */
export function endpointsIn(text: string): HostAndPort[] {
  const lines = text.split('\n').filter((line) => !COMMENT.test(line) && line.length <= LONGEST)
  const found = lines.flatMap((line) => endpointsOfLine(line.replaceAll(LOOKUP, '')))
  const unique = new Map(
    found
      .toSorted((a, b) => Number(a.form === 'url') - Number(b.form === 'url'))
      .map((endpoint) => [`${endpoint.host}:${endpoint.port ?? endpoint.portName}`, endpoint]),
  )
  return [...unique.values()]
}

function endpointsOfLine(line: string): HostAndPort[] {
  const located = [...urls(line), ...addresses(line), ...options(line)]
  if (located.length > 0) return located
  const connection = CONNECTION.exec(line)
  if (connection) return [endpoint(connection[1], connection[2] ?? connection[3], 'address')]
  const value = line.trim().replace(/^["']|["'],?$/g, '')
  if (!NAMES.test(value)) return []
  return [...value.matchAll(NAME)].map(([, portName, host]) => endpoint(host, undefined, 'name', portName))
}

const endpoint = (
  host: string | undefined,
  port: string | number | undefined,
  form: HostAndPort['form'],
  portName?: string,
): HostAndPort => ({
  host: (host ?? '').toLowerCase(),
  port: port === undefined ? undefined : Number(port),
  portName,
  form,
})

const urls = (line: string): HostAndPort[] =>
  [...line.matchAll(URLS)]
    .filter(([, scheme = '']) => !NO_HOST.test(scheme))
    .map(([, scheme = '', portName, host, port]) =>
      endpoint(host, port ?? DEFAULT_PORTS[scheme.toLowerCase()], 'url', portName),
    )

const addresses = (line: string): HostAndPort[] =>
  [...line.matchAll(HOST_AND_PORT)]
    .filter(([, , host = '', separator]) => separator === ':' || isOfCluster(host))
    .map(([, portName, host, , port]) => endpoint(host, port, 'address', portName))

/** `nc -z database 5432` names a port so; a name with dots next to a number is a file or a version as often. */
const isOfCluster = (host: string): boolean => !host.includes('.') || host.includes('.svc')

function options(line: string): HostAndPort[] {
  const match = OPTIONS.exec(line)
  return match ? [endpoint(match[1], match[2] ?? match[3], 'address')] : []
}
