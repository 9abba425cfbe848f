/** Ports that clients dial if a URL names none. Source: https://www.iana.org/assignments/service-names-port-numbers */
const OF_SCHEMES: Readonly<Record<string, number>> = {
  ajp: 8009,
  amqp: 5672,
  amqps: 5671,
  bolt: 7687,
  cassandra: 9042,
  clickhouse: 9000,
  coap: 5683,
  consul: 8500,
  elasticsearch: 9200,
  gelf: 12201,
  ftp: 21,
  grpc: 80,
  hdfs: 8020,
  http: 80,
  https: 443,
  imap: 143,
  imaps: 993,
  ldap: 389,
  ldaps: 636,
  mariadb: 3306,
  memcached: 11211,
  mongodb: 27017,
  mqtt: 1883,
  mqtts: 8883,
  mysql: 3306,
  mysql2: 3306,
  nats: 4222,
  neo4j: 7687,
  ntp: 123,
  opensearch: 9200,
  oracle: 1521,
  pgsql: 5432,
  postgres: 5432,
  postgresql: 5432,
  pulsar: 6650,
  redis: 6379,
  'redis-sentinel': 26379,
  rediss: 6379,
  sftp: 22,
  smtp: 25,
  smtps: 465,
  socks5: 1080,
  spark: 7077,
  sqlserver: 1433,
  ssh: 22,
  statsd: 8125,
  stomp: 61613,
  syslog: 514,
  valkey: 6379,
  ws: 80,
  wss: 443,
  zookeeper: 2181,
}

/** The port that a scheme stands for, such as `postgresql` in `db+postgresql://` and in `postgresql+psycopg2://`. */
export const portOfScheme = (scheme: string): number | undefined =>
  scheme
    .toLowerCase()
    .split('+')
    .flatMap((part) => OF_SCHEMES[part] ?? [])[0]

/** Words in the name of a variable that say what listens on the host it names. */
const OF_WORDS: readonly (readonly [RegExp, number])[] = [
  [/postgres|(?:^|_)pg(?:_|host)/i, 5432],
  [/mysql|mariadb/i, 3306],
  [/mongo/i, 27017],
  [/redis|valkey/i, 6379],
  [/rabbitmq|amqp/i, 5672],
  [/ldap/i, 389],
  [/elasticsearch|opensearch/i, 9200],
  [/memcache/i, 11211],
]

/** The port of what the name of a variable says, such as 5432 for `POSTGRES_HOST`. */
export const portOfWord = (name: string): number | undefined => OF_WORDS.find(([word]) => word.test(name))?.[1]

export const isWellKnown = (port: number): boolean =>
  Object.values(OF_SCHEMES).includes(port) || [9042, 9092, 2181, 2379, 26257, 27017].includes(port)

/** Ports on which programs listen for UDP unless a text says otherwise: DNS, NTP, SNMP, syslog, RADIUS, flow records, CoAP, Jaeger, StatsD, GELF. */
const UDP_PORTS = new Set([
  53, 69, 123, 161, 162, 514, 1812, 1813, 2055, 4739, 5683, 5684, 6343, 6831, 6832, 8125, 12201,
])
/** Syslog over TCP and over TLS. */
const TCP_PORTS = new Set([80, 443, 601, 6514])
const UDP_SCHEME = /^(?:udp[46]?|coaps?|statsd|syslog|gelf|ntp|snmp)$/
const TCP_SCHEME = /^(?:tcp[46]?|tls|ssl|https?|grpcs?|wss?)$/
const UDP_NAME = /(?:^|[_.-])(?:statsd|gelf|syslog|ntp|coap|snmp)(?=$|[_.-])|jaeger[_.-]agent/i

/** The protocol that a scheme such as `udp` or `syslog+tcp` says; undefined if it leaves that open. */
export function protocolOfScheme(scheme: string): 'TCP' | 'UDP' | undefined {
  const parts = scheme.toLowerCase().split('+')
  if (parts.some((part) => TCP_SCHEME.test(part))) return 'TCP'
  return parts.some((part) => UDP_SCHEME.test(part)) ? 'UDP' : undefined
}

/** Does a program that dials this port, by a variable of this name, send UDP? */
export const isUdp = (port: number, name: string | undefined): boolean =>
  UDP_PORTS.has(port) || (name !== undefined && UDP_NAME.test(name) && !TCP_PORTS.has(port))
