/** A host that a text names, and the port where it names that too. */
export interface Endpoint {
  host: string
  port: number | undefined
  /** Does it stand in a URL, where nothing but a host can stand? */
  isUrl: boolean
}

/** Ports that clients dial where a URL names none. Source: https://www.iana.org/assignments/service-names-port-numbers */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
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
  ws: 80,
  wss: 443,
}

const HOST = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?'
const URLS = new RegExp(`\\b([a-z][a-z0-9+.-]*)://(?:[^\\s/"'<>]*@)?(${HOST})(?::(\\d{1,5})\\b)?`, 'gi')
const HOST_AND_PORT = new RegExp(`(?<![\\w.:/-])(${HOST})(:| +)(\\d{1,5})(?![\\w.])`, 'gi')
/** `host`, `key: host`, `--flag=host`: a name that is the whole of a value. */
const WHOLE_VALUE = new RegExp(`^(?:[-\\w.]+\\s*[:=]\\s*)?["']?(${HOST})["']?[,;]?$`, 'i')
const COMMENT = /^\s*(?:#|;|\/\/)/

/** Every host that a text names, each once; what stands in comments of configuration is passed over. */
export function endpointsIn(text: string): Endpoint[] {
  const lines = text.split('\n').filter((line) => !COMMENT.test(line))
  const found = lines.flatMap((line) => {
    const withPort = [...urls(line), ...hostsAndPorts(line)]
    const whole = WHOLE_VALUE.exec(line.trim())?.[1]
    return withPort.length > 0 || whole === undefined ? withPort : [{ host: whole, port: undefined, isUrl: false }]
  })
  const unique = new Map(
    found
      .map((endpoint) => ({ ...endpoint, host: endpoint.host.toLowerCase() }))
      .toSorted((a, b) => Number(a.isUrl) - Number(b.isUrl))
      .map((endpoint) => [`${endpoint.host}:${endpoint.port}`, endpoint]),
  )
  return [...unique.values()]
}

const urls = (line: string): Endpoint[] =>
  [...line.matchAll(URLS)].map(([, scheme = '', host = '', port]) => ({
    host,
    port: port === undefined ? DEFAULT_PORTS[scheme.toLowerCase()] : Number(port),
    isUrl: true,
  }))

const hostsAndPorts = (line: string): Endpoint[] =>
  [...line.matchAll(HOST_AND_PORT)]
    .filter(([, host = '', separator]) => separator === ':' || isOfCluster(host))
    .map(([, host = '', , port]) => ({ host, port: Number(port), isUrl: false }))

/** `nc -z database 5432` names a port so; a name with dots beside a number is a file or a version as often. */
const isOfCluster = (host: string): boolean => !host.includes('.') || host.includes('.svc')
