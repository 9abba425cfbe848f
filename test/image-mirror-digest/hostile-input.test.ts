import { describe, expect, test } from '@jest/globals'
import type { ImageMirrorDigestSpec } from '../../functions/image-mirror-digest/config.ts'
import { imageMirrorDigest } from '../../functions/image-mirror-digest/function.ts'
import { transform } from '../../functions/image-mirror-digest/transform.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { type Finding, toLine, toResult } from '../../functions/lib/framework/finding.ts'
import { Shared } from '../../functions/lib/framework/shared.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const LONG = 4_000_000

const run = (object: KubernetesObject, spec: unknown = {}): Promise<Finding[]> =>
  transform(
    [object],
    parseConfig(imageMirrorDigest.schema, spec, 'spec') as ImageMirrorDigestSpec,
    'image-mirror-digest',
    new Shared(),
  )
const ids = (findings: readonly Finding[]) => findings.map(({ id }) => id)

const object = (apiVersion: string, kind: string, body: Record<string, unknown>): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...body,
})
const pod = (container: Record<string, unknown>) => object('v1', 'Pod', { spec: { containers: [container] } })

describe('a text of megabytes', () => {
  test.each([
    ['a path that never ends', `docker.io${'/a'.repeat(2 * LONG)}!`],
    ['a component that never ends', `docker.io/${'a-'.repeat(2 * LONG)}`],
    ['a tag that never ends', `docker.io/a:${'a'.repeat(LONG)}`],
    ['comments', `docker.io/a\n${' #'.repeat(LONG)}`],
  ])('is audited: %s', async (_, text) => {
    expect(ids(await run(object('example.com/v1', 'Example', { spec: { text } })))).toEqual([])
  })

  test('is audited to its end', async () => {
    const text = `${'docker.io '.repeat(LONG / 100)}docker.io/a/b:1`
    const found = await run(object('example.com/v1', 'Example', { spec: { text } }))
    expect(found.map(({ field }) => field?.currentValue)).toEqual(['docker.io/a/b:1'])
  })

  test('is refused as an image, in a short message', async () => {
    const [finding] = await run(pod({ name: 'c', image: 'a/'.repeat(LONG) }))
    expect(finding?.id).toBe('image-mirror-digest/invalid-reference')
    expect(finding?.message.length).toBeLessThan(1000)
  })

  test('is refused as a list of images', async () => {
    const env = [{ name: 'STRIMZI_X_IMAGES', value: '${'.repeat(LONG) + 'a=b'.repeat(LONG / 10) }]
    expect(ids(await run(pod({ name: 'c', image: 'auto', env })))).toContain('image-mirror-digest/invalid-reference')
  })
})

describe('a ConfigMap text is refused', () => {
  const levels = Array.from({ length: 9 }, (_, level) => level)
  test.each([
    [
      'whose aliases multiply',
      `a0: &a0 [x]\n${levels.map((n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]\n`).join('')}`,
    ],
    ['whose alias holds itself', 'a: &a [*a]\n'],
    [
      'that is nested thousands of levels deep',
      `a:\n${Array.from({ length: 5000 }, (_, n) => `${' '.repeat(n)}-\n`).join('')}`,
    ],
  ])('%s', async (_, text) => {
    const found = await run(object('v1', 'ConfigMap', { data: { key: `${text}image: quay.io/a/b:1\n` } }), {
      places: { own: { configMap: 'x', key: 'key', path: 'image' } },
    })
    expect(ids(found)).toContain('image-mirror-digest/unreadable-text')
  })
})

test('a pattern with many wildcards visits each field once', async () => {
  let nested: Record<string, unknown> = { image: 'quay.io/a/b:1' }
  for (let level = 0; level < 200; level++) nested = { a: nested }
  const found = await run(object('example.com/v1', 'Example', { spec: nested }), {
    places: { own: { kind: 'example.com/Example', path: 'spec.**.**.**.**.**.**.image' } },
  })
  expect(ids(found)).toContain('image-mirror-digest/missing-digest')
})

describe('a value that may be secret is not printed', () => {
  const SECRET = 'Hunter2 is not an image'
  test.each([
    ['a variable', pod({ name: 'c', image: 'auto', env: [{ name: 'RELATED_IMAGE_X', value: SECRET }] })],
    ['an argument', pod({ name: 'c', image: 'auto', args: [`--acme-http01-solver-image=${SECRET}`] })],
    ['a Secret', object('v1', 'Secret', { stringData: { image: SECRET } })],
  ])('%s', async (_, item) => {
    const found = await run(item, { places: { own: { kind: '/Secret', path: 'stringData.*' } } })
    expect(ids(found)).toContain('image-mirror-digest/invalid-reference')
    expect(JSON.stringify(found.map(({ message, field, tags }) => ({ message, field, tags })))).not.toContain('Hunter2')
  })

  test.each([
    ['a variable', { env: [{ name: 'DSN', value: 'quay.io/hunter2/x:1' }] }, 'spec.containers[0].env[0].value'],
    ['an argument', { args: ['--token=quay.io/hunter2/x:1'] }, 'spec.containers[0].args[0]'],
    ['a command', { command: ['sh', '-c', 'run quay.io/hunter2/x:1'] }, 'spec.containers[0].command[2]'],
  ])('nor is what the audit finds in %s: field and registry are', async (_, container, path) => {
    const found = await run(pod({ name: 'c', image: `registry.internal/app@sha256:${'a'.repeat(64)}`, ...container }))
    const audited = found.filter(({ id }) => id === 'image-mirror-digest/unknown-image')
    expect(audited.map(({ field }) => field?.path)).toEqual([path])
    const [printed] = audited.map((finding) => JSON.stringify(toResult(finding, 'x')) + toLine(finding, 'x'))
    expect(printed).toContain('a value that names quay.io')
    expect(printed).not.toContain('hunter2')
  })

  test('nor in an annotation', async () => {
    const annotated = object('example.com/v1', 'Example', {})
    annotated.metadata = { name: 'x', annotations: { note: 'quay.io/hunter2/x:1' } }
    const found = await run(annotated)
    expect(ids(found)).toEqual(['image-mirror-digest/unknown-image'])
    expect(found.map((finding) => JSON.stringify(toResult(finding, 'x')) + toLine(finding, 'x')).join()).not.toContain(
      'hunter2',
    )
  })

  test('nor is what the audit finds in a Secret', async () => {
    const found = await run(object('v1', 'Secret', { stringData: { text: 'quay.io/hunter2/x:1' } }))
    expect(ids(found)).toEqual(['image-mirror-digest/unknown-image'])
    expect(JSON.stringify(found.map(({ message, field }) => ({ message, field })))).not.toContain('hunter2')
  })
})
