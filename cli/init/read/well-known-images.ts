import { canonicalName, InvalidReference, parseReference } from '../../../functions/lib/kubernetes/image-reference.ts'

/** What a published image needs: the user that it makes for its program, and the paths that the program writes to. */
export interface WellKnownImage {
  runAsUser: number
  writable: readonly string[]
  /** Where it keeps its data, which is a volume in most manifests, at that path or near it. */
  data?: readonly string[]
  /** The page that says so. */
  source: string
}

const inRepository = (repository: string, path: string): string => `https://github.com/${repository}/blob/main/${path}`
const onMaster = (repository: string, path: string): string => `https://github.com/${repository}/blob/master/${path}`
const ofLibrary = (name: string, path = 'Dockerfile.template'): string => onMaster(`docker-library/${name}`, path)
/** Exporters that write no file; the charts of their community say which user runs them. */
const exporter = (runAsUser: number, chart: string): WellKnownImage => ({
  runAsUser,
  writable: [],
  source: inRepository('prometheus-community/helm-charts', `charts/${chart}/values.yaml`),
})

/** Writes no file; its repository says which user runs it. */
const readOnly = (runAsUser: number, repository: string, path = 'Dockerfile'): WellKnownImage => ({
  runAsUser,
  writable: [],
  source: inRepository(repository, path),
})
const collector = (distribution: string): WellKnownImage =>
  readOnly(10001, 'open-telemetry/opentelemetry-collector-releases', `distributions/${distribution}/Dockerfile`)

/** By repository. A user that differs between tags has a row for the tags whose name holds the word. */
const IMAGES: Readonly<Record<string, WellKnownImage & { tags?: Readonly<Record<string, number>> }>> = {
  'docker.io/library/nginx': {
    runAsUser: 101,
    writable: ['/var/cache/nginx', '/var/run'],
    source: onMaster('nginx/docker-nginx', 'Dockerfile-debian.template'),
  },
  'docker.io/nginxinc/nginx-unprivileged': {
    runAsUser: 101,
    writable: ['/tmp'],
    source: inRepository('nginx/docker-nginx-unprivileged', 'Dockerfile-debian.template'),
  },
  'docker.io/library/postgres': {
    runAsUser: 999,
    tags: { alpine: 70 },
    writable: ['/var/run/postgresql', '/tmp'],
    data: ['/var/lib/postgresql'],
    source: ofLibrary('postgres', 'Dockerfile-debian.template'),
  },
  'docker.io/library/redis': {
    runAsUser: 999,
    writable: ['/data'],
    source: 'https://github.com/redis/docker-library-redis',
  },
  'docker.io/valkey/valkey': {
    runAsUser: 999,
    writable: ['/data'],
    source: 'https://github.com/valkey-io/valkey-container/blob/mainline/Dockerfile.template',
  },
  'docker.io/library/mysql': {
    runAsUser: 999,
    writable: ['/var/run/mysqld', '/tmp'],
    data: ['/var/lib/mysql'],
    source: ofLibrary('mysql', 'template/Dockerfile.oracle'),
  },
  'docker.io/library/mariadb': {
    runAsUser: 999,
    writable: ['/run/mysqld', '/tmp'],
    data: ['/var/lib/mysql'],
    source: onMaster('MariaDB/mariadb-docker', 'Dockerfile.template'),
  },
  'docker.io/library/mongo': {
    runAsUser: 999,
    writable: ['/data/configdb', '/tmp'],
    data: ['/data/db'],
    source: ofLibrary('mongo', 'Dockerfile-linux.template'),
  },
  'docker.io/library/memcached': { runAsUser: 11211, writable: [], source: ofLibrary('memcached') },
  'docker.io/library/haproxy': { runAsUser: 99, writable: [], source: ofLibrary('haproxy') },
  'docker.io/clickhouse/clickhouse-server': {
    runAsUser: 101,
    writable: ['/var/log/clickhouse-server', '/etc/clickhouse-server/users.d', '/tmp'],
    data: ['/var/lib/clickhouse'],
    source: onMaster('ClickHouse/ClickHouse', 'docker/server/Dockerfile.ubuntu'),
  },
  'docker.io/library/elasticsearch': {
    runAsUser: 1000,
    writable: ['/usr/share/elasticsearch/logs', '/tmp'],
    data: ['/usr/share/elasticsearch/data'],
    source: 'https://www.elastic.co/docs/deploy-manage/deploy/self-managed/install-elasticsearch-with-docker',
  },
  'docker.elastic.co/elasticsearch/elasticsearch': {
    runAsUser: 1000,
    writable: ['/usr/share/elasticsearch/logs', '/tmp'],
    data: ['/usr/share/elasticsearch/data'],
    source: 'https://www.elastic.co/docs/deploy-manage/deploy/self-managed/install-elasticsearch-with-docker',
  },
  'docker.io/grafana/grafana': {
    runAsUser: 472,
    writable: ['/var/lib/grafana'],
    source: 'https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/',
  },
  'docker.io/prom/prometheus': {
    runAsUser: 65534,
    writable: ['/prometheus'],
    source: inRepository('prometheus/prometheus', 'Dockerfile'),
  },
  'quay.io/prometheus/prometheus': {
    runAsUser: 65534,
    writable: ['/prometheus'],
    source: inRepository('prometheus/prometheus', 'Dockerfile'),
  },
  'docker.io/prom/alertmanager': {
    runAsUser: 65534,
    writable: ['/alertmanager'],
    source: inRepository('prometheus/alertmanager', 'Dockerfile'),
  },
  'quay.io/prometheus/alertmanager': {
    runAsUser: 65534,
    writable: ['/alertmanager'],
    source: inRepository('prometheus/alertmanager', 'Dockerfile'),
  },
  'docker.io/prom/node-exporter': exporter(65534, 'prometheus-node-exporter'),
  'quay.io/prometheus/node-exporter': exporter(65534, 'prometheus-node-exporter'),
  'docker.io/prom/pushgateway': exporter(65534, 'prometheus-pushgateway'),
  'quay.io/prometheus/pushgateway': exporter(65534, 'prometheus-pushgateway'),
  'docker.io/prom/blackbox-exporter': exporter(1000, 'prometheus-blackbox-exporter'),
  'quay.io/prometheus/blackbox-exporter': exporter(1000, 'prometheus-blackbox-exporter'),
  'registry.k8s.io/kube-state-metrics/kube-state-metrics': exporter(65534, 'kube-state-metrics'),
  'docker.io/prom/mysqld-exporter': readOnly(65534, 'prometheus/mysqld_exporter'),
  'quay.io/prometheus/mysqld-exporter': readOnly(65534, 'prometheus/mysqld_exporter'),
  'docker.io/oliver006/redis_exporter': readOnly(59000, 'oliver006/redis_exporter', 'docker/Dockerfile'),
  'docker.io/nginx/nginx-prometheus-exporter': readOnly(1001, 'nginx/nginx-prometheus-exporter', 'build/Dockerfile'),
  'docker.io/otel/opentelemetry-collector': collector('otelcol'),
  'docker.io/otel/opentelemetry-collector-contrib': collector('otelcol-contrib'),
  'quay.io/oauth2-proxy/oauth2-proxy': readOnly(65532, 'oauth2-proxy/oauth2-proxy'),
  'docker.io/grafana/loki': {
    runAsUser: 10001,
    writable: ['/loki'],
    source: inRepository('grafana/loki', 'cmd/loki/Dockerfile'),
  },
  'docker.io/grafana/tempo': {
    runAsUser: 10001,
    writable: ['/var/tempo'],
    source: inRepository('grafana/tempo', 'cmd/tempo/Dockerfile'),
  },
  'docker.io/library/rabbitmq': {
    runAsUser: 999,
    tags: { alpine: 100 },
    writable: ['/var/lib/rabbitmq', '/tmp'],
    source: ofLibrary('rabbitmq', 'Dockerfile-alpine.template'),
  },
  'docker.io/library/couchdb': {
    runAsUser: 5984,
    writable: ['/opt/couchdb/data', '/opt/couchdb/etc/local.d'],
    source: inRepository('apache/couchdb-docker', '3.3.3/Dockerfile'),
  },
  'docker.io/library/sonarqube': {
    runAsUser: 1000,
    writable: ['/opt/sonarqube/data', '/opt/sonarqube/logs', '/opt/sonarqube/temp', '/tmp'],
    data: ['/opt/sonarqube/extensions'],
    source: onMaster('SonarSource/docker-sonarqube', '10/community/Dockerfile'),
  },
  'docker.io/library/traefik': {
    runAsUser: 65532,
    writable: ['/data', '/tmp'],
    source: 'https://github.com/traefik/traefik-helm-chart/blob/master/traefik/values.yaml',
  },
  'docker.io/jenkins/jenkins': {
    runAsUser: 1000,
    writable: ['/var/jenkins_home', '/tmp'],
    source: onMaster('jenkinsci/docker', 'debian/bookworm/hotspot/Dockerfile'),
  },
  'docker.io/hashicorp/vault': {
    runAsUser: 100,
    writable: ['/tmp'],
    data: ['/vault/file', '/vault/logs'],
    source: inRepository('hashicorp/vault', 'Dockerfile'),
  },
}

/** What is known of an image; undefined for any other, because no manifest shows its user and files. */
export function wellKnownImage(image: string): WellKnownImage | undefined {
  const reference = parseReference(image)
  if (reference instanceof InvalidReference) return undefined
  const { tag = '' } = reference
  const name = canonicalName(reference.name)
  const known = Object.hasOwn(IMAGES, name) ? IMAGES[name] : undefined
  if (!known) return undefined
  const [, user] = Object.entries(known.tags ?? {}).find(([word]) => tag.includes(word)) ?? []
  const { tags: _, ...needs } = known
  return { ...needs, runAsUser: user ?? known.runAsUser }
}
