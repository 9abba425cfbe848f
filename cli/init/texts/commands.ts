/** Programs of a command line that open a connection to the host that they are given. */
const CLIENTS =
  'curl|wget|nc|ncat|netcat|telnet|psql|pg_\\w+|mysql\\w*|mariadb\\w*|redis-cli|valkey-cli|mongo(?:sh|dump|restore|import|export)?|git|aws|mc|s3cmd|rclone|helm|skopeo|crane|oras|vault|consul|etcdctl|kafka-[\\w.-]+|kcat|kafkacat|nats|ldapsearch|openssl|ssh|scp|rsync|sftp|wait-for[\\w.-]*|dockerize|grpcurl|clickhouse-client|influx|cqlsh|rabbitmqadmin|mosquitto_\\w+|apk|apt-get|pip3?|npm|logger'
/** Directives of proxies, and calls in programs, that send to the URL behind them. */
const DIRECTIVES =
  'proxy_pass|fastcgi_pass|uwsgi_pass|scgi_pass|grpc_pass|ProxyPass|reverse_proxy|cache_peer|forward_auth|php_fastcgi'
const FUNCTIONS = 'fetch|urlopen|(?:requests|axios|http|httpx|got)\\.(?:get|post|put|request)'

/** Longer lines are data. */
const LONGEST = 4096

const CLIENT = new RegExp(`^(?:\\S*/)?(?:${CLIENTS})$`)
const CALL = new RegExp(
  `(?:^|[\\s;|&(\`{=])(?:(?:\\S*/)?(?:${CLIENTS})(?=\\s)|(?:${DIRECTIVES})(?=\\s)|(?:${FUNCTIONS})\\()`,
)

/** Is the word the name of a program that connects to the host among its arguments? */
export const isClient = (word: string): boolean => CLIENT.test(word)

/** Does a line of a script or a configuration call the hosts that it names? */
export const isCall = (line: string): boolean => line.length <= LONGEST && CALL.test(line)

/** Lines of a script that only say something. */
export const isSaid = (line: string): boolean => /^\s*(?:echo|printf|log|print)\b/.test(line) && !isCall(line)
