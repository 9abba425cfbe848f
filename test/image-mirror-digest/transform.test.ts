import { expect, test } from '@jest/globals'
import type { ImageMirrorDigestSpec } from '../../functions/image-mirror-digest/config.ts'
import { imageMirrorDigest } from '../../functions/image-mirror-digest/function.ts'
import { transform as transformNamed } from '../../functions/image-mirror-digest/transform.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { EXCEPTION } from '../../functions/lib/framework/exceptions.ts'
import { toResult } from '../../functions/lib/framework/finding.ts'
import { Shared } from '../../functions/lib/framework/shared.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const MIRROR = 'registry.internal/mirror'
const ONE = `sha256:${'1'.repeat(64)}`
const transform = (objects: KubernetesObject[], spec: ImageMirrorDigestSpec) =>
  transformNamed(objects, spec, 'image-mirror-digest', new Shared())
const specOf = (spec: unknown): ImageMirrorDigestSpec =>
  parseConfig(imageMirrorDigest.schema, spec, 'spec') as ImageMirrorDigestSpec

const pod = (name: string, ...images: string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
})

test('results list each image to copy once, with source, target and digest', async () => {
  const spec = specOf({
    mirrors: { '*': MIRROR },
    internal: { 'ghcr.io/team': {} },
    digests: { 'grafana/mimir:3.0.0': ONE, 'ghcr.io/team/bot:1': ONE },
    allowTag: { 'example/nightly': { reason: 'moves daily' } },
  })
  const objects = [
    pod('one', 'grafana/mimir:3.0.0', 'ghcr.io/team/bot:1'),
    pod('two', 'grafana/mimir:3.0.0', 'example/nightly:2'),
  ]
  const copies = (await transform(objects, spec)).filter(({ tags }) => tags)
  expect(copies.map((finding) => toResult(finding, 'image-mirror-digest'))).toEqual([
    {
      severity: 'info',
      message: `example/nightly:2 is mirrored as ${MIRROR}/example/nightly:2`,
      tags: {
        function: 'image-mirror-digest',
        id: 'image-mirror-digest/mirrored',
        source: 'example/nightly:2',
        target: `${MIRROR}/example/nightly:2`,
      },
    },
    {
      severity: 'info',
      message: `grafana/mimir:3.0.0 is mirrored as ${MIRROR}/grafana/mimir@${ONE}`,
      tags: {
        function: 'image-mirror-digest',
        id: 'image-mirror-digest/mirrored',
        source: 'grafana/mimir:3.0.0',
        target: `${MIRROR}/grafana/mimir`,
        digest: ONE,
      },
    },
  ])
  const again = (await transform(objects, spec)).filter(({ tags }) => tags)
  expect(again).toEqual(copies)
})

test('an object names the reasons of its exceptions, and none once they are gone', async () => {
  const object = pod('one', 'example/nightly:2')
  const allowing = specOf({ allowTag: { 'example/nightly': { reason: 'moves daily' } } })
  await transform([object], allowing)
  expect(object.metadata.annotations).toEqual({ [EXCEPTION]: 'image-mirror-digest: moves daily' })
  await transform([object], specOf({ digests: { 'example/nightly:2': ONE } }))
  expect(object.metadata.annotations).toBeUndefined()
})

test('the order of the objects makes no difference to any of them', async () => {
  const spec = specOf({ mirrors: { '*': MIRROR, 'quay.io': MIRROR }, digests: { nginx: ONE, 'quay.io/a/b:1': ONE } })
  const build = () => [pod('one', 'nginx'), pod('two', 'quay.io/a/b:1'), pod('three', `${MIRROR}/a/b@${ONE}`)]
  const forwards = build()
  const backwards = build().reverse()
  const findings = await transform(forwards, spec)
  expect(new Set((await transform(backwards, spec)).map(({ message }) => message))).toEqual(
    new Set(findings.map(({ message }) => message)),
  )
  expect(backwards.reverse()).toEqual(forwards)
})

test('an item is read if a place or the audit may find an image in it', () => {
  const spec = specOf({ digests: { 'grafana/mimir:3': ONE }, places: { own: { configMap: 'x', key: 'own-key' } } })
  const reads = (apiVersion: string, kind: string, text: string, by = spec) =>
    imageMirrorDigest.reads(by, { apiVersion, kind, text })
  expect(reads('apps/v1', 'Deployment', '')).toBe(true)
  expect(reads('kafka.strimzi.io/v1beta2', 'Kafka', '')).toBe(true)
  expect(reads('v1', 'ConfigMap', 'data: {own-key: x}')).toBe(true)
  expect(reads('v1', 'ConfigMap', 'data: {other: x}')).toBe(false)
  expect(reads('v1', 'ConfigMap', 'data: {other: quay.io/a/b}')).toBe(true)
  expect(reads('v1', 'ConfigMap', 'data: {other: grafana/mimir}')).toBe(true)
  expect(reads('v1', 'ConfigMap', 'data: {other: quay.io/a/b}', specOf({ audit: false }))).toBe(false)
  expect(reads('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'default: quay.io/a/b')).toBe(false)
})

test.each([
  [
    { mirrors: { '': MIRROR } },
    'spec.mirrors[""]: expected a registry, namespace or repository such as quay.io/coreos, or * as key, found ""',
  ],
  [
    { mirrors: { 'quay.io/': MIRROR } },
    'expected a registry, namespace or repository such as quay.io/coreos, or * as key, found "quay.io/"',
  ],
  [
    { mirrors: { 'quay.io': `${MIRROR}/` } },
    `expected a registry, namespace or repository such as quay.io/coreos, found "${MIRROR}/"`,
  ],
  [
    { mirrors: { 'nginx:1.27': MIRROR } },
    'expected a registry, namespace or repository such as quay.io/coreos, or * as key, found "nginx:1.27"',
  ],
  [{ internal: { '*': {} } }, 'expected a registry, namespace or repository such as quay.io/coreos as key, found "*"'],
  [
    { digests: { 'Grafana/mimir': ONE } },
    'expected an image reference without a digest, such as grafana/mimir:3.0.0 as key, found "Grafana/mimir"',
  ],
  [{ digests: { [`nginx@${ONE}`]: ONE } }, 'expected an image reference without a digest'],
  [
    { digests: { nginx: 'sha256:abc' } },
    'spec.digests.nginx: expected a digest, sha256: and 64 lower-case hexadecimal digits, found "sha256:abc"',
  ],
  [{ allowTag: { nginx: { reason: '' } } }, 'spec.allowTag.nginx.reason: expected a length of at least 1, found ""'],
  [{ digest: {} }, 'spec.digest: unknown key (did you mean digests?)'],
  [{ unusedLock: 'off' }, 'spec.unusedLock: expected "ignore" or "warn" or "error", found "off"'],
  [
    { places: { x: { kind: 'Kafka', path: 'spec.image' } } },
    'spec.places.x.kind: expected group/Kind such as kafka.strimzi.io/Kafka, found "Kafka"',
  ],
  [
    { places: { x: { kind: 'a/B', path: 'spec..image' } } },
    'expected a path such as spec.images.* or spec["a.b"].**.image, found "spec..image"',
  ],
])('%j is refused', (spec, message) => {
  expect(() => specOf(spec)).toThrow(message)
})
