import { describe, expect, test } from '@jest/globals'
import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { found, object, places } from './lib.ts'

describe('an image in parts', () => {
  const DIGEST = `sha256:${'c'.repeat(64)}`
  const release = (image: unknown) =>
    object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: { image } } })
  const write = async (resource: KubernetesObject, image: { name: string; digest?: string }, by = places) => {
    const [item] = await by.imagesOf(resource)
    if (!item || !('text' in item)) throw new Error('no image found')
    return item.write(image)
  }

  test.each<[string, object, { name: string; digest?: string }, object]>([
    [
      'the registry of Docker Hub is written out',
      { registry: 'quay.io', repository: 'a/b', tag: '1' },
      { name: 'a/b' },
      { registry: 'docker.io', repository: 'a/b', tag: '1' },
    ],
    [
      'a key for the digest stays empty without one',
      { repository: 'a/b', tag: '1', digest: '' },
      { name: 'm/b' },
      { repository: 'm/b', tag: '1', digest: '' },
    ],
    [
      'the digest has its key',
      { repository: 'a/b', tag: '1', digest: '' },
      { name: 'm/b', digest: DIGEST },
      { repository: 'm/b', tag: '1', digest: DIGEST },
    ],
    [
      'bare digits have theirs',
      { repository: 'a/b', tag: '1', sha: '' },
      { name: 'm/b', digest: DIGEST },
      { repository: 'm/b', tag: '1', sha: 'c'.repeat(64) },
    ],
    [
      'an older digest in the tag goes',
      { repository: 'a/b', tag: `1@sha256:${'d'.repeat(64)}` },
      { name: 'm/b', digest: DIGEST },
      { repository: 'm/b', tag: `1@${DIGEST}` },
    ],
  ])('%s', async (_, image, target, after) => {
    const resource = release(image)
    expect(await write(resource, target)).toBeUndefined()
    expect(resource.spec).toEqual({ values: { image: after } })
  })

  test('without a tag, and without a key for one, there is no place for a digest', async () => {
    const untagged = await write(release({ repository: 'a/b' }), { name: 'm/b', digest: DIGEST })
    expect(untagged?.({})).toMatchObject({
      id: 'image-mirror-digest/no-field-for-digest',
      message: expect.stringContaining('tag'),
    })
    const own = new Places({ own: { kind: 'example.com/Widget', path: 'spec', parts: { repository: 'name' } } })
    const widget = object('example.com/v1', 'Widget', { spec: { name: 'a/b' } })
    const obstacle = await write(widget, { name: 'm/b', digest: DIGEST }, own)
    expect(obstacle?.({}).message).toContain('a tag')
    expect(widget.spec).toEqual({ name: 'a/b' })
  })

  test('parts that an anchor shares cannot be written alone', async () => {
    const own = new Places({
      own: { configMap: 'x', key: 'a', path: 'one', parts: { repository: 'name', tag: 'tag' } },
    })
    const text = 'one: {name: &n c/d, tag: 1}\ntwo: *n\n'
    const map = object('v1', 'ConfigMap', { data: { a: text } })
    const obstacle = await write(map, { name: 'm/d', digest: DIGEST }, own)
    expect(obstacle?.({}).id).toBe('image-mirror-digest/unreadable-text')
    expect(map.data).toEqual({ a: text })
  })

  test('a whole text may be one', async () => {
    const own = new Places({ own: { configMap: 'x', key: 'a', parts: { repository: 'name', tag: 'tag' } } })
    expect(await found(object('v1', 'ConfigMap', { data: { a: 'name: c/d\ntag: 2\n' } }), own)).toEqual([
      'data.a.name c/d:2',
    ])
  })
})
