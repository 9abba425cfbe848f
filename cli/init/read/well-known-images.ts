import { InvalidReference, parseReference } from '../../../functions/lib/kubernetes/image-reference.ts'

/** What a published image needs: the user that it makes for its program, and the paths that the program writes to. */
export interface WellKnownImage {
  runAsUser: number
  writable: readonly string[]
  /** The page that says so. */
  source: string
}

const official = (name: string): string => `https://hub.docker.com/_/${name}`

/** By repository. A user that differs between tags has a row for the tags whose name holds the word. */
const IMAGES: Readonly<Record<string, WellKnownImage & { tags?: Readonly<Record<string, number>> }>> = {
  'docker.io/library/nginx': { runAsUser: 101, writable: ['/var/cache/nginx', '/var/run'], source: official('nginx') },
  'docker.io/nginxinc/nginx-unprivileged': {
    runAsUser: 101,
    writable: ['/tmp'],
    source: 'https://github.com/nginx/docker-nginx-unprivileged',
  },
  'docker.io/library/postgres': {
    runAsUser: 999,
    tags: { alpine: 70 },
    writable: ['/var/run/postgresql', '/tmp'],
    source: official('postgres'),
  },
  'docker.io/library/redis': { runAsUser: 999, writable: ['/data'], source: official('redis') },
  'docker.io/valkey/valkey': {
    runAsUser: 999,
    writable: ['/data'],
    source: 'https://github.com/valkey-io/valkey-container',
  },
  'docker.io/library/mysql': { runAsUser: 999, writable: ['/var/run/mysqld', '/tmp'], source: official('mysql') },
  'docker.io/library/mariadb': { runAsUser: 999, writable: ['/run/mysqld', '/tmp'], source: official('mariadb') },
  'docker.io/library/mongo': { runAsUser: 999, writable: ['/data/configdb', '/tmp'], source: official('mongo') },
  'docker.io/library/memcached': { runAsUser: 11211, writable: [], source: official('memcached') },
  'docker.io/library/haproxy': { runAsUser: 99, writable: [], source: official('haproxy') },
  'docker.io/library/elasticsearch': {
    runAsUser: 1000,
    writable: ['/usr/share/elasticsearch/logs', '/tmp'],
    source: 'https://www.elastic.co/docs/deploy-manage/deploy/self-managed/install-elasticsearch-with-docker',
  },
  'docker.elastic.co/elasticsearch/elasticsearch': {
    runAsUser: 1000,
    writable: ['/usr/share/elasticsearch/logs', '/tmp'],
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
    source: 'https://github.com/prometheus/prometheus/blob/main/Dockerfile',
  },
  'quay.io/prometheus/prometheus': {
    runAsUser: 65534,
    writable: ['/prometheus'],
    source: 'https://github.com/prometheus/prometheus/blob/main/Dockerfile',
  },
  'docker.io/prom/alertmanager': {
    runAsUser: 65534,
    writable: ['/alertmanager'],
    source: 'https://github.com/prometheus/alertmanager/blob/main/Dockerfile',
  },
  'quay.io/prometheus/alertmanager': {
    runAsUser: 65534,
    writable: ['/alertmanager'],
    source: 'https://github.com/prometheus/alertmanager/blob/main/Dockerfile',
  },
  'docker.io/jenkins/jenkins': {
    runAsUser: 1000,
    writable: ['/var/jenkins_home', '/tmp'],
    source: 'https://github.com/jenkinsci/docker',
  },
  'docker.io/hashicorp/vault': {
    runAsUser: 100,
    writable: ['/tmp'],
    source: 'https://developer.hashicorp.com/vault/docs/platform/k8s/helm/configuration',
  },
}

/** RabbitMQ's user differs between its Debian and its Alpine images, and only the first is documented. */
const RABBITMQ: WellKnownImage = {
  runAsUser: 999,
  writable: ['/var/lib/rabbitmq', '/tmp'],
  source: official('rabbitmq'),
}

/** What is known of an image; undefined for any other, because no manifest shows its user and files. */
export function wellKnownImage(image: string): WellKnownImage | undefined {
  const reference = parseReference(image)
  if (reference instanceof InvalidReference) return undefined
  const { tag = '' } = reference
  const name = qualified(reference.name)
  if (name === 'docker.io/library/rabbitmq') return tag.includes('alpine') ? undefined : RABBITMQ
  const known = Object.hasOwn(IMAGES, name) ? IMAGES[name] : undefined
  if (!known) return undefined
  const [, user] = Object.entries(known.tags ?? {}).find(([word]) => tag.includes(word)) ?? []
  return { runAsUser: user ?? known.runAsUser, writable: known.writable, source: known.source }
}

/** The name with Docker Hub's host and `library/`, if it leaves them out. */
function qualified(name: string): string {
  const [first = '', ...rest] = name.split('/')
  if (rest.length === 0) return `docker.io/library/${name}`
  return /[.:]|^localhost$/.test(first) ? name : `docker.io/${name}`
}
