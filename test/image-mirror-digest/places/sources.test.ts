import { describe, expect, test } from '@jest/globals'
import { chartRepository } from '../../../functions/image-mirror-digest/places/sources.ts'
import { found, object, places } from './lib.ts'

describe('the chart of a source', () => {
  const DIGEST = `sha256:${'c'.repeat(64)}`
  const source = (spec: object) => object('source.toolkit.fluxcd.io/v1', 'OCIRepository', { spec })
  const url = 'oci://quay.io/charts/app/'
  const helm = { layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' } }

  test.each<[object, string[]]>([
    [{ url, ref: { tag: '1' } }, ['spec.url quay.io/charts/app:1']],
    [{ url, ref: { tag: '1', digest: DIGEST } }, [`spec.url quay.io/charts/app:1@${DIGEST}`]],
    [{ url, ref: { digest: DIGEST } }, [`spec.url quay.io/charts/app@${DIGEST}`]],
    [{ url: 'https://example.com/charts', ref: { tag: '1' } }, []],
    [{ ref: { tag: '1' } }, []],
  ])('%j', async (spec, images) => {
    expect(await found(source({ ...spec, ...helm }))).toEqual(images)
  })

  test.each<[object, string]>([
    [{ url }, 'no tag'],
    [{ url, ref: { semver: '>=1' } }, 'semver >=1'],
  ])('%j pins none', async (spec, text) => {
    expect(await places.imagesOf(source({ ...spec, ...helm }))).toMatchObject([
      { id: 'image-mirror-digest/chart-not-pinned', message: expect.stringContaining(text) },
    ])
  })

  test('keeps its reference where there is no digest', async () => {
    const chart = source({ url, ref: { tag: '1' }, ...helm })
    const [item] = await places.imagesOf(chart)
    if (!item || !('text' in item)) throw new Error('no chart found')
    await item.write({ name: 'm.example/app' })
    expect(chart.spec).toEqual({ url: 'oci://m.example/app', ref: { tag: '1' }, ...helm })
    await item.write({ name: 'm.example/app', digest: DIGEST })
    expect(chart.spec).toMatchObject({ ref: { tag: '1', digest: DIGEST } })
  })

  test('is in no repository of charts', () => {
    const repository = (spec: object) => object('source.toolkit.fluxcd.io/v1', 'HelmRepository', { spec })
    const ids = (spec: object, reason?: string) => chartRepository(repository(spec), () => reason).map(({ id }) => id)
    expect(ids({})).toEqual([])
    expect(ids({ url: 'https://example.com' })).toEqual(['image-mirror-digest/chart-repository'])
    expect(ids({ url: 'https://example.com' }, 'because')).toEqual(['image-mirror-digest/runs-by-tag'])
  })
})
