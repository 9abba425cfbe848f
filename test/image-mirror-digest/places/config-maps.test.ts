import { describe, expect, test } from '@jest/globals'
import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { found, IMAGE, object, places } from './lib.ts'

describe('ConfigMap text', () => {
  const text = 'jobs:\n- image: a/b:1 # kept\n- {registry: quay.io, name: c/d, tag: 2}\n'
  const configMap = (name = 'runner'): KubernetesObject => ({
    ...object('v1', 'ConfigMap', { data: { 'a.yaml': text, plain: IMAGE } }),
    metadata: { name },
  })

  test.each([
    [{ path: 'jobs.*.image' }, ['data["a.yaml"].jobs[0].image a/b:1']],
    [
      { path: 'jobs.*', parts: { registry: 'registry', repository: 'name', tag: 'tag' } },
      ['data["a.yaml"].jobs[1].name quay.io/c/d:2'],
    ],
    [{ key: 'plain' }, [`data.plain ${IMAGE}`]],
    [{ key: 'absent' }, []],
    [{ key: 'absent', path: 'jobs.*.image' }, []],
  ])('%j', async (place, images) => {
    const own = new Places({ own: { configMap: 'runner', key: 'a.yaml', ...place } })
    expect(await found(configMap(), own)).toEqual(images)
    expect(await found(configMap('runner-2d4t5f6g7h'), own)).toEqual(images)
    expect(await found(configMap('another'), own)).toEqual([])
  })

  test('several images in one text are each written in their place, and the rest is kept', async () => {
    const own = new Places({
      one: { configMap: 'runner', key: 'a.yaml', path: 'jobs.*.image' },
      two: {
        configMap: 'runner',
        key: 'a.yaml',
        path: 'jobs.*',
        parts: { registry: 'registry', repository: 'name', tag: 'tag' },
      },
    })
    const map = configMap()
    const digest = `sha256:${'c'.repeat(64)}`
    for (const item of await own.imagesOf(map)) if ('text' in item) await item.write({ name: 'm.example/x', digest })
    expect(map.data).toEqual({
      'a.yaml': `jobs:\n- image: m.example/x@${digest} # kept\n- {registry: m.example, name: x, tag: 2@${digest}}\n`,
      plain: IMAGE,
    })
  })

  test('an image that an anchor shares with another place cannot be written alone', async () => {
    const shared = { ...configMap(), data: { 'a.yaml': 'a: {image: &i a/b:1}\nb: {name: *i}\n' } }
    const own = new Places({ own: { configMap: 'runner', key: 'a.yaml', path: 'a.image' } })
    const [image] = await own.imagesOf(shared)
    if (!image || !('text' in image)) throw new Error('no image found')
    const obstacle = await image.write({ name: 'm.example/x' })
    expect(obstacle?.({}).id).toBe('image-mirror-digest/unreadable-text')
    expect(shared.data['a.yaml']).toContain('a/b:1')
  })

  test('its fields can be places like those of any other kind', async () => {
    const own = new Places({ own: { kind: '/ConfigMap', path: 'data.plain' } })
    expect(await found(configMap(), own)).toEqual([`data.plain ${IMAGE}`])
  })

  test('the queue proxy of Knative is known', async () => {
    const knative = {
      ...object('v1', 'ConfigMap', { data: { 'queue-sidecar-image': IMAGE } }),
      metadata: { name: 'config-deployment' },
    }
    expect(await found(knative)).toEqual([`data.queue-sidecar-image ${IMAGE}`])
  })
})

test('only a ConfigMap with the key of a place may hold an image', () => {
  const item = (kind: string, text: string) => ({ apiVersion: 'v1', kind, text })
  expect(places.mayHold(item('ConfigMap', 'queue-sidecar-image: a'))).toBe(true)
  expect(places.mayHold(item('ConfigMap', 'a: b'))).toBe(false)
  expect(places.mayHold(item('Secret', 'queue-sidecar-image: a'))).toBe(false)
})
