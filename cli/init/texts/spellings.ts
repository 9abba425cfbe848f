/** How gRPC and Thanos say that a name is to be looked up, in front of it. */
const LOOKUP = /\b(?:dns|dnssrv|dnssrvnoa|srv|srvnoa|passthrough)(?:\+|:\/\/(?:[\w.:]+)?\/)/gi
/** What a client sends or says of itself names no host that it dials. */
const SENT =
  /\s(?:-d|--data(?:-[a-z]+)?|--json|-H|--header|-A|--user-agent|-e|--referer)[ =]+(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"]+)/g
const SENDER = /\b(?:curl|wget)\b/

/** How programs write an address in a way of their own, and the common form of it. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [LOOKUP, ''],
  // MinIO names its pods as a range; without a port in the URL it dials its own.
  [/\b\w+:\/\/([\w.-]*)\{(\d+)\.{3}\d+\}/g, 'minio://$1$2'],
  // Oracle's JDBC, with a service or a SID behind the port.
  [/\bthin:@(?:\/\/)?/g, 'oracle://'],
  // The driver of Go for MySQL, whose port may be left out.
  [/@(?:tcp6?)?\(([\w.-]+)(:\d+)?\)/g, ' mysql://$1$2'],
  // StackExchange.Redis: the host, then its options.
  [
    /^([a-z][\w.-]*),(?=(?:password|ssl|user|name|abortConnect|allowAdmin|defaultDatabase|connectTimeout)=)/i,
    'host=$1;',
  ],
  // A label in front of host and port, and what follows them, in lists such as `local:redis:6379:0`.
  [/(^|,)\s*[\w-]+:([a-z][\w.-]*:\d{2,5})(?::[^,\s]*)?(?=,|$)/g, '$1$2'],
  // Postfix puts a host in brackets so that nobody looks up where its mail goes.
  [/\[([a-z][\w.-]*)\](?=:\d)/gi, '$1'],
  // Quotes of a shell around host and port.
  [/(["'])([a-z][\w.-]*)\1[ ]+(["'])(\d{2,5})\3/gi, '$2 $4'],
  // Squid has the kind of the peer between host and port.
  [/^\s*cache_peer\s+(\S+)\s+\w+\s+(\d+).*$/, 'cache_peer $1:$2'],
  // The name of a node of Erlang.
  [/(^|["'\s])rabbit@/g, '$1'],
  // Clients of databases take the host without a space.
  [/\b((?:mysql|mariadb|psql|pg_|redis-cli|mongo)[^|;&]*?\s-h)(?=[a-z])/g, '$1 '],
]

/** What a script says, unless it goes to a file or to another program. */
const SAID =
  /(^|[;&|({]\s*|\b(?:do|then|else)\s+)(?:echo|printf)(?:\s+(?:"[^"]*"|'[^']*'|[^\s;|&<>"']+))+\s*(?=$|[;&)}])/g

/** What every line has that differs. */
const MAY_DIFFER = /[@[{"',]|\s-|echo|printf|thin:|cache_peer|(?:dns|srv|srvnoa|passthrough)(?:\+|:\/\/)|\w:\w+:\d/i

/** A line with every address in it written as `host:port`, `scheme://host`, or an option and a host. */
export function withCommonSpellings(line: string): string {
  if (!MAY_DIFFER.test(line)) return line
  const received = SENDER.test(line) ? line.replaceAll(SENT, ' ') : line
  return SPELLINGS.reduce((text, [pattern, common]) => text.replace(pattern, common), received.replaceAll(SAID, '$1'))
}
