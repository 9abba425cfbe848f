import { describe, expect, test } from '@jest/globals'
import { Audit } from '../../functions/image-mirror-digest/audit/audit.ts'
import { Mirrors } from '../../functions/image-mirror-digest/decide/mirrors.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const MIRROR = 'registry.internal/mirror'
const spec = {
  mirrors: { '*': MIRROR, 'registry.example': 'registry.internal/example' },
  internal: { 'ghcr.io/team': {} },
  digests: { 'grafana/mimir:3.0.0': DIGEST, 'redis:7.4': DIGEST, memcached: DIGEST, 'harbor.example/app': DIGEST },
  auditExceptions: { 'quay.io/policy/*': { reason: 'a rule of the admission controller' } },
}
const audit = new Audit(spec)
const mirrors = new Mirrors(spec)
const configMap = (data: unknown, key = 'value'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'text' },
  data: { [key]: data },
})
const found = (object: KubernetesObject, decided: string[] = []): unknown[] =>
  audit.findingsOf(object, mirrors, new Set(decided)).map(({ field }) => field?.currentValue)

describe('a string that is an image of a source registry', () => {
  test.each([
    'docker.io/grafana/loki:3.4.2',
    'quay.io/coreos/etcd',
    'quay.io/coreos/etcd:v3.5.21',
    `quay.io/coreos/etcd@${DIGEST}`,
    `ghcr.io/other/app:1.0@${DIGEST}`,
    'gcr.io/distroless/static-debian12',
    'registry.k8s.io/pause:3.10',
    'public.ecr.aws/docker/library/nginx:1.27',
    'mcr.microsoft.com/dotnet/runtime:9.0',
    'nvcr.io/nvidia/cuda:12.8.1-base-ubuntu24.04',
    'index.docker.io/library/redis:7',
    'registry-1.docker.io/library/redis:7',
    'registry.example/app:1',
    'harbor.example/app:2',
    'grafana/mimir',
    'grafana/mimir:2.9.0',
    'redis:7.4',
    `${MIRROR}/grafana/loki:3.4.2`,
  ])('%s', (text) => {
    expect(found(configMap(text))).toEqual([text])
    expect(audit.mayHold(text)).toBe(true)
  })

  test.each([
    ['--image=quay.io/a/b', 'quay.io/a/b'],
    ['IMAGE=quay.io/a/b:1', 'quay.io/a/b:1'],
    ['docker run --rm quay.io/a/b:1 --flag', 'quay.io/a/b:1'],
    ['{"image":"quay.io/a/b:1","x":1}', 'quay.io/a/b:1'],
    ['{\\"image\\":\\"quay.io/a/b:1\\"}', 'quay.io/a/b:1'],
    ['image: quay.io/a/b:1\nname: x\n', 'quay.io/a/b:1'],
    ['image: quay.io/a/b:1 # or quay.io/a/b:2\n', 'quay.io/a/b:1'],
    ['Runs quay.io/a/b:1. Always.', 'quay.io/a/b:1'],
    ['# quay.io/a/b:1 in one line', 'quay.io/a/b:1'],
  ])('or holds one: %s', (text, image) => {
    expect(found(configMap(text))).toEqual([image])
  })
})

describe('an image of Docker Hub, which names no registry, is recognised', () => {
  const set = (containers: unknown): KubernetesObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Set',
    metadata: { name: 'x' },
    spec: { template: { spec: { containers } } },
  })

  test.each(['image', 'sidecarImage', 'imageName', 'IMAGE', 'SIDECAR_IMAGE'])('by its field %s', (key) => {
    expect(found(configMap('postgres:16', key))).toEqual(['postgres:16'])
    expect(audit.mayHold(JSON.stringify(configMap('postgres:16', key)))).toBe(true)
    for (const other of ['postgres', 'quay.internal/postgres:16', 'logo.png', `\${IMAGE:=postgres:16}`])
      expect(found(configMap(other, key))).toEqual([])
  })
  test.each(['damage', 'imageTag', 'IMAGE_TAG', 'noIMAGE'])('not by the field %s', (key) => {
    expect(found(configMap('postgres:16', key))).toEqual([])
  })
  test.each(['image : postgres:16', '"imageName": "postgres:16"', 'A_IMAGE', '--image=postgres:16'])(
    'an item is worth a look: %s',
    (text) => expect(audit.mayHold(text)).toBe(true),
  )
  test.each(['-image=a/b:1', '--a-image=a/b:1'])('by the flag %s', (flag) => {
    expect(found(set([{ name: 'c', args: [flag] }]))).toEqual(['a/b:1'])
  })
  test.each(['x--image=a/b:1', '--image=a/b:1\n--other', '--imagine=a/b:1', '--image='])('not by %j', (text) => {
    expect(found(set([{ name: 'c', args: [text] }]))).toEqual([])
  })
  test('only a variable has its name next to its value', () => {
    const of = (spec: unknown) => found({ ...set([]), spec })
    expect(of({ env: [{ name: 'A_IMAGE', value: 'f:4' }] })).toEqual(['f:4'])
    expect(of({ env: [{ name: 'A_IMAGE', comment: 'f:4' }] })).toEqual([])
    expect(of({ parameters: [{ name: 'A_IMAGE', value: 'f:4' }] })).toEqual([])
  })
  test('without a tag only as the image of a container', () => {
    const of = (spec: unknown) => found({ ...set([]), spec })
    expect(of({ containers: [{ name: 'c', image: 'bitnami/redis' }] })).toEqual(['bitnami/redis'])
    expect(of({ containers: [{ name: 'c', logImage: 'bitnami/redis' }] })).toEqual([])
    expect(of({ others: [{ name: 'c', image: 'bitnami/redis' }] })).toEqual([])
  })
  test('by its flag or variable', () => {
    const args = ['--image=a/b:1', '-sidecar-image=c:2', '--images=d:3', '--image=e']
    const env = [
      { name: 'SIDECAR_IMAGE', value: 'f:4' },
      { name: 'CACHE', value: 'redis:6379' },
    ]
    expect(found(set([{ name: 'c', args, env }]))).toEqual(['a/b:1', 'c:2', 'f:4'])
  })
  test('in the containers of a kind without known places, even without a tag', () => {
    const containers = [{ name: 'c', image: 'bitnami/redis' }]
    expect(found(set(containers))).toEqual(['bitnami/redis'])
    expect(found({ ...set(containers), apiVersion: 'apps/v1', kind: 'Deployment' })).toEqual([])
  })
})

test('without mirrors, a pinned image is not reported', () => {
  const pins = { ...spec, mirrors: {} }
  const of = (text: string) => new Audit(pins).findingsOf(configMap(text), new Mirrors(pins), new Set())
  expect(of(`quay.io/a/b@${DIGEST}`)).toEqual([])
  expect(of('quay.io/a/b:1')).toHaveLength(1)
})

test('an image that no prefix of the mirrors matches is reported, pinned or not', () => {
  const few = { ...spec, mirrors: { 'registry.example': 'registry.internal/example' } }
  const of = (text: string) => new Audit(few).findingsOf(configMap(text), new Mirrors(few), new Set())
  expect(of(`quay.io/a/b@${DIGEST}`)).toHaveLength(1)
  expect(of(`registry.internal/example/app:1@${DIGEST}`)).toEqual([])
})

test('the port of a registry is no tag', () => {
  const withPort = { ...spec, mirrors: { 'registry.example:5000': MIRROR } }
  const of = (text: string) => new Audit(withPort).findingsOf(configMap(text), new Mirrors(withPort), new Set())
  expect(of('see registry.example:5000/a/b for more')).toEqual([])
  expect(of('see registry.example:5000/a/b:1 for more')).toHaveLength(1)
})

test('nothing of a Secret is printed', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, stringData: { a: 'quay.io/a/b:1' } }
  const [finding] = audit.findingsOf(secret, mirrors, new Set())
  expect(JSON.stringify({ ...finding, object: undefined })).not.toContain('quay.io')
  expect(finding?.field?.path).toBe('stringData.a')
  expect(found({ ...secret, apiVersion: 'example.com/v1' })).toEqual(['quay.io/a/b:1'])
})

test('a field that has nothing is no image', () => {
  expect(found(configMap(null))).toEqual([])
  expect(found(configMap({ a: null, b: 5, c: ['quay.io/a/b:1'] }))).toEqual(['quay.io/a/b:1'])
})

describe('is not taken for an image:', () => {
  test.each([
    'https://quay.io/repository/coreos/etcd',
    'https://quay.io/coreos/etcd:v3.5.21',
    'oci://ghcr.io/other/charts/app:1.0',
    'docker://quay.io/a/b:1',
    'see quay.io/coreos/etcd for more',
    'see quay.io/coreos/etcd',
    'quay.io/coreos/etcd is one',
    'more at x=quay.io/coreos/etcd',
    'a=b quay.io/coreos/etcd',
    'quay.io/a/b:1*',
    `quay.io/a/b@sha256:${'a'.repeat(40)}`,
    'quay.io',
    'quay.io/',
    'user@quay.io/a/b:1',
    'not-quay.io/a/b:1',
    'quay.io.example/a/b:1',
    'quay.io/coreos/*',
    'quay.io/Coreos/etcd:1',
    'config.quay.io/setting: true',
    '# was quay.io/a/b:1\nrest\n',
    'app.kubernetes.io/name',
    'redis:6379',
    'memcached:11211',
    'grafana/mimirtool:3.0.0',
    'path/grafana/mimir:3.0.0',
    'ghcr.io/team/bot:1.0',
    `${MIRROR}/grafana/loki@${DIGEST}`,
    `${MIRROR}/grafana/loki:3.4.2@${DIGEST}`,
  ])('%s', (text) => {
    expect(found(configMap(text))).toEqual([])
  })

  test('a reference that the function has dealt with', () => {
    expect(found(configMap('quay.io/a/b:1'), ['quay.io/a/b:1'])).toEqual([])
    expect(found(configMap('--image=quay.io/a/b:1'), ['quay.io/a/b:1'])).toEqual([])
  })
  test('schemas, status, and fields that describe a place', () => {
    const image = 'quay.io/a/b:1'
    const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'x' } }
    expect(found({ ...crd, spec: { default: image } })).toEqual([])
    expect(found({ ...configMap(''), status: { image } })).toEqual([])
    for (const key of ['description', 'url', 'repoURL']) expect(found(configMap(image, key))).toEqual([])
  })
  test('annotations by which tools keep their own record', () => {
    const annotated = (key: string): KubernetesObject => ({
      ...configMap(''),
      metadata: { name: 'text', annotations: { [key]: '{"image":"quay.io/a/b:1"}' } },
    })
    for (const key of [
      'kubectl.kubernetes.io/last-applied-configuration',
      'internal.config.kubernetes.io/annotations-migration-resource-id',
      'config.kubernetes.io/function',
      'krm-hardening.dev/exception',
    ])
      expect(found(annotated(key))).toEqual([])
    for (const key of ['sidecar.istio.io/proxyImage', 'my-config.kubernetes.io/a', 'a/last-applied-configuration-b'])
      expect(found(annotated(key))).toEqual(['quay.io/a/b:1'])
    const elsewhere = { ...configMap(''), spec: { values: { 'config.kubernetes.io/a': 'quay.io/a/b:1' } } }
    expect(found(elsewhere)).toEqual(['quay.io/a/b:1'])
  })
})

test('the finding names field and remedy', () => {
  const [finding] = audit.findingsOf(configMap({ nested: ['quay.io/a/b:1'] }), mirrors, new Set())
  expect(finding).toMatchObject({
    severity: 'warning',
    message:
      'found a value that names quay.io, which looks like an image that nothing has mirrored and pinned; name its place under places, or except it in auditExceptions with a reason',
    field: { path: 'data.value.nested[0]', currentValue: 'quay.io/a/b:1' },
  })
})

test('an exception is reported with its reason', () => {
  const [finding] = audit.findingsOf(configMap('quay.io/policy/base:1'), mirrors, new Set())
  expect(finding).toMatchObject({
    severity: 'info',
    message: 'found a value that names quay.io, which no pod runs: a rule of the admission controller',
  })
})

test('the time for a long text grows with its length', () => {
  const time = (length: number): number => {
    const text = configMap('quay.io/'.concat('a/'.repeat(length)))
    const start = process.hrtime.bigint()
    found(text)
    return Number(process.hrtime.bigint() - start)
  }
  time(1_000)
  expect(time(200_000)).toBeLessThan(1e9)
})
