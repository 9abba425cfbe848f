import { unknownContainers } from '../../cli/init/read/containers.ts'
import { wellKnownImage } from '../../cli/init/read/well-known-images.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'

describe('what is known of an image', () => {
  test.each([
    ['nginx:1.29', 101],
    ['postgres:17', 999],
    ['postgres:17-alpine', 70],
    ['rabbitmq:4', 999],
    ['rabbitmq:4-management-alpine', 100],
    ['grafana/loki:3.5.0', 10001],
    ['quay.io/prometheus/node-exporter:v1.9.1', 65534],
    ['prom/mysqld-exporter:v0.17.2', 65534],
    ['oliver006/redis_exporter:v1.80.0', 59000],
    ['nginx/nginx-prometheus-exporter:1.5.1', 1001],
    ['otel/opentelemetry-collector:0.140.0', 10001],
    ['otel/opentelemetry-collector-contrib:0.140.0', 10001],
    ['quay.io/oauth2-proxy/oauth2-proxy:v7.13.0', 65532],
    ['clickhouse/clickhouse-server:25.8', 101],
  ])('%s has user %i', (image, user) => {
    expect(wellKnownImage(image)?.runAsUser).toBe(user)
  })

  test.each([
    'redis',
    'library/redis',
    'docker.io/redis',
    'index.docker.io/library/redis',
    `redis@sha256:${'a'.repeat(64)}`,
  ])('does not depend on its spelling: %s', (image) => expect(wellKnownImage(image)).toEqual(wellKnownImage('redis:8')))

  test.each(['example.com/nginx', 'acme/nginx', 'localhost/redis', 'constructor', 'not an image'])(
    'is nothing for another image: %s',
    (image) => expect(wellKnownImage(image)).toBeUndefined(),
  )

  test('names its source', () => {
    expect(wellKnownImage('traefik:v3')?.source).toMatch(/^https:\/\/github\.com\/traefik\//)
  })
})

test('a path below a mount is not proposed as writable, because its emptyDir would hide files', () => {
  const broker = (mountPath: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop' },
    spec: {
      containers: [{ name: 'app', image: 'rabbitmq:4', volumeMounts: [{ name: 'data', mountPath }] }],
    },
  })
  const writable = (mountPath: string) =>
    unknownContainers(workloadsOf([broker(mountPath)])).map(({ image }) => image?.writable)
  expect(writable('/var/lib')).toEqual([['/tmp']])
  expect(writable('/var/lib/rabbitmq/')).toEqual([['/tmp']])
  expect(writable('/var/lib/rabbit')).toEqual([['/var/lib/rabbitmq', '/tmp']])
})

test('data is proposed as writable unless something is mounted at its path or near it', () => {
  const database = (...paths: string[]): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop' },
    spec: {
      containers: [
        { name: 'app', image: 'postgres:18', volumeMounts: paths.map((mountPath) => ({ name: 'data', mountPath })) },
      ],
    },
  })
  const writable = (...paths: string[]) =>
    unknownContainers(workloadsOf([database(...paths)])).map(({ image }) => image?.writable)
  const always = ['/var/run/postgresql', '/tmp']
  expect(writable()).toEqual([[...always, '/var/lib/postgresql']])
  expect(writable('/var/lib/postgresql')).toEqual([always])
  expect(writable('/var/lib/postgresql/data')).toEqual([always])
  expect(writable('/docker-entrypoint-initdb.d')).toEqual([[...always, '/var/lib/postgresql']])
})
