import { hostsInCode } from './code.ts'
import { withCommonSpellings } from './spellings.ts'
import { isUdp, portOfScheme, protocolOfScheme } from './well-known-ports.ts'

/** A host that a text names, and the port if it names one. */
export interface HostAndPort {
  host: string
  port: number | undefined
  /** The name of a Service's port, from a DNS SRV record `_name._tcp.host`. */
  portName: string | undefined
  /** The protocol, if the text says it. */
  protocol: 'TCP' | 'UDP' | undefined
  /**
   * How it is written: in a URL, as host and port, in a connection string, as an option of a client, as a word that a client
   * takes for a URL, as a name that a script waits for until DNS knows it, or as a name that is the whole value.
   */
  form: 'url' | 'address' | 'connection' | 'option' | 'word' | 'lookup' | 'name'
}

/** Schemes whose authority is a bucket, a file, an image or a name in something else: no host. */
const NO_HOST =
  /^(?:balancer|s3[an]?|gs|gcs|abfss?|azblob|wasbs?|file|unix|oci|docker|docker-daemon|data|jar|classpath|mem|memory|inmemory|secret|vault|spiffe|pkcs11|git\+ssh|mailto|urn|ref\+\w+)$/i

const HOST = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?'
const SRV = '(?:_([a-z0-9-]+)\\._(?:tcp|udp)\\.)?'
/** A URL in the query of another says where to go back to. */
const URLS = new RegExp(
  `(?<![?&][\\w.-]{1,30}=)\\b([a-z][a-z0-9+.-]*)://(?:[^\\s/"'<>]*@)?${SRV}(${HOST})\\.?(?::(\\d{1,5})\\b)?`,
  'gi',
)
/** `host:port`, `host port`, and `host:port:port` as members of a quorum are written. */
const HOST_AND_PORT = new RegExp(
  `(?<![\\w.:/-])${SRV}(${HOST})\\.?(:| +)(\\d{1,5})(?::(\\d{2,5}))?(?![\\w.@]|:\\d)`,
  'gi',
)
/** `_grpc._tcp.store.shop` anywhere in a line. */
const RECORD = new RegExp(`(?<![\\w.-])_([a-z0-9-]+)\\._(tcp|udp)\\.(${HOST})\\.?(?![\\w:])`, 'gi')
/** `nc -h host -p port`, as many clients take them, and `--host replica-set/host:port` of MongoDB. */
const OPTIONS = new RegExp(
  `(?:^|\\s)(?:(?:-h|--host(?:name)?)[ =]+|-h(?=["']))["']?(?:[\\w-]+/)?(?!\\w+://)(${HOST})(?::(\\d{1,5})\\b|.*?\\s(?:-p|-P|--port)[ =]*["']?(\\d{1,5})\\b)?`,
  'i',
)
const SECURE_SHELL = /(?:^|\s)(?:ssh|scp|sftp|rsync)\s/
const LOGIN = new RegExp(`\\s[\\w.$-]+@(${HOST})(?=:|\\s|$)`, 'i')
/** How a shell opens a connection by itself: `/dev/tcp/host/port`. */
const DEVICE = new RegExp(`/dev/(tcp|udp)/(${HOST})/(\\d{1,5})\\b`, 'gi')
/** `Host=database;Port=5432` of connection strings, and `host=database port=5432` of libpq. */
const CONNECTION = new RegExp(
  `(?:^|[;,\\s"'])(?:host|server|hostname|data source|addr|address|endpoint)\\s*=\\s*(?:tcp:)?(${HOST})(?:[:,](\\d{1,5}))?(?=$|[;,\\s"'])(?:.*?[;\\s]port\\s*=\\s*(\\d{1,5}))?`,
  'i',
)
/** `host`, or a list of hosts. */
const NAMES = new RegExp(`^${SRV}${HOST}\\.?(?:\\s*[,;]\\s*${SRV}${HOST}\\.?)*$`, 'i')
const NAME = new RegExp(`${SRV}(${HOST})`, 'gi')
const COMMENT = /^\s*(?:#|;|\/\/)/
/** What separates the commands of a line. */
const COMMANDS = /\|\|?|&&|;/
/** `until nslookup database`. */
const LOOKED_UP = new RegExp(`\\b(?:nslookup|getent hosts)\\s+["']?(${HOST})(?=["'\\s;)]|$)`, 'gi')
/** `curl web/health`: what has no scheme is HTTP. */
const WORD = new RegExp(`^["']?(${HOST})/\\S*$`, 'i')
/** Longer lines are data. The patterns above are fast only on lines of limited length. */
const LONGEST = 4096

/** Every host that a value names, each once. Comments of scripts and configuration are passed over. */
export function endpointsIn(text: string): HostAndPort[] {
  const lines = text.split('\n').filter((line) => !COMMENT.test(line) && line.length <= LONGEST)
  const found = lines.flatMap((line) => endpointsOfLine(withCommonSpellings(line)))
  const unique = new Map(
    found
      .toSorted((a, b) => Number(a.form === 'url') - Number(b.form === 'url'))
      .map((endpoint) => [`${endpoint.host}:${endpoint.port ?? endpoint.portName}/${endpoint.protocol}`, endpoint]),
  )
  return [...unique.values()]
}

function endpointsOfLine(line: string): HostAndPort[] {
  const located = [
    ...urls(line),
    ...addresses(line),
    ...records(line),
    ...devices(line),
    ...options(line),
    ...logins(line),
  ]
  const named = [
    ...located,
    ...words(line),
    ...[...line.matchAll(LOOKED_UP)].map(([, host]) => endpoint(host, undefined, 'lookup')),
    ...hostsInCode(line).map(({ host, port }) => endpoint(host, port, 'connection')),
  ]
  if (named.length > 0) return named
  const connection = CONNECTION.exec(line)
  if (connection) return [endpoint(connection[1], connection[2] ?? connection[3], 'connection')]
  // An item of a list is written with a dash in front of it, or with its brackets.
  const value = line
    .trim()
    .replace(/^- +/, '')
    .replaceAll(/["'[\]]/g, '')
    .replace(/,$/, '')
  if (!NAMES.test(value)) return []
  return [...value.matchAll(NAME)].map(([, portName, host]) => endpoint(host, undefined, 'name', { portName }))
}

const endpoint = (
  host: string | undefined,
  port: string | number | undefined,
  form: HostAndPort['form'],
  { portName, protocol }: { portName?: string | undefined; protocol?: HostAndPort['protocol'] } = {},
): HostAndPort => ({
  host: (host ?? '').toLowerCase(),
  port: port === undefined ? undefined : Number(port),
  portName,
  protocol,
  form,
})

const urls = (line: string): HostAndPort[] =>
  [...line.matchAll(URLS)]
    .filter(([, scheme = '']) => !NO_HOST.test(scheme))
    .map(([, scheme = '', portName, host, port]) =>
      endpoint(host, port ?? portOfScheme(scheme), 'url', { portName, protocol: protocolOfScheme(scheme) }),
    )

const addresses = (line: string): HostAndPort[] =>
  [...line.matchAll(HOST_AND_PORT)]
    .filter(
      ([, , host = '', separator, port]) =>
        separator === ':' || (Number(port) >= LEAST && isNamed(host, line) && !OWN_PORT.test(host)),
    )
    .flatMap(([, portName, host, , ...ports]) =>
      ports.filter((port) => port !== undefined).map((port) => endpoint(host, port, 'address', { portName })),
    )

/** `nc -z database 5432` names a port so; a name with dots next to a number is a file or a version as often. */
const isNamed = (host: string, line: string): boolean =>
  !host.includes('.') || host.includes('.svc') || OPENS.test(line)
/** Words in front of a port on which a program listens itself. */
const OWN_PORT = /^(?:listen|bind|port|expose)$/i
/** Smaller numbers next to a name count something. */
const LEAST = 20
const OPENS = /(?:^|[\s;|&(])(?:nc|ncat|netcat|telnet)\s/

const records = (line: string): HostAndPort[] =>
  [...line.matchAll(RECORD)].map(([, portName, , host]) => endpoint(host, undefined, 'address', { portName }))

const devices = (line: string): HostAndPort[] =>
  [...line.matchAll(DEVICE)].map(([, protocol = '', host, port]) =>
    endpoint(host, port, 'address', { protocol: protocol.toLowerCase() === 'udp' ? 'UDP' : 'TCP' }),
  )

const options = (line: string): HostAndPort[] =>
  line.split(COMMANDS).flatMap((command) => {
    const match = OPTIONS.exec(command)
    return match ? [endpoint(match[1], match[2] ?? match[3], 'option')] : []
  })

/** `ssh -p 2222 user@host`, and `scp file user@host:/path`. */
const logins = (line: string): HostAndPort[] =>
  line.split(COMMANDS).flatMap((command) => {
    const [, host] = (SECURE_SHELL.test(command) && LOGIN.exec(command)) || []
    return host === undefined ? [] : [endpoint(host, / -[pP][ =]?(\d{1,5})\b/.exec(command)?.[1] ?? 22, 'option')]
  })

const words = (line: string): HostAndPort[] =>
  line.split(COMMANDS).flatMap((command) => {
    const [client, ...rest] = command.replace(/^.*?(?=\b(?:curl|wget)\s)/, '').split(/\s+/)
    if (client !== 'curl' && client !== 'wget') return []
    return rest.flatMap((word) => {
      const host = WORD.exec(word)?.[1]
      return host === undefined ? [] : [endpoint(host, 80, 'word')]
    })
  })

/** The protocol of a call, by what the text says, by its port and by the name of its setting. TCP needs no word. */
export const protocolOf = (
  { protocol, form }: HostAndPort,
  port: number,
  name: string | undefined,
): { protocol?: 'UDP' } =>
  protocol === 'UDP' || (protocol === undefined && isUdp(port, form === 'url' ? undefined : name))
    ? { protocol: 'UDP' }
    : {}

/** Is the value nothing but hosts, so that it can be no prose, no pattern and no password? */
export const isOnlyHosts = (text: string): boolean =>
  text
    .replaceAll(/["'[\]]/g, '')
    .trim()
    .split(/[\s,;]+/)
    .every((part) => /^(?:[a-z][\w+.-]*:\/\/\S*|[\w.-]*[a-z][\w.-]*:\d{2,5}(?:\/\S*)?|)$/i.test(part))
