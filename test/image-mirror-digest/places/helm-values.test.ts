import { describe, expect, test } from '@jest/globals'
import { found, object } from './lib.ts'

describe('Helm values', () => {
  const values = (image: unknown) =>
    found(object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: { image } } }))

  test.each([
    [{ repository: 'a/b', tag: '1' }, ['spec.values.image.repository a/b:1']],
    [{ repository: 'a/b', tag: 1.25 }, ['spec.values.image.repository a/b:1.25']],
    [{ registry: 'quay.io', repository: 'a/b', tag: '1' }, ['spec.values.image.repository quay.io/a/b:1']],
    [{ registry: 'quay.io', image: 'a/b', tag: '1' }, ['spec.values.image.image quay.io/a/b:1']],
    [
      { repository: 'a/b', tag: '1', digest: `sha256:${'c'.repeat(64)}` },
      [`spec.values.image.repository a/b:1@sha256:${'c'.repeat(64)}`],
    ],
    [
      { repository: 'a/b', tag: '1', sha: 'c'.repeat(64) },
      [`spec.values.image.repository a/b:1@sha256:${'c'.repeat(64)}`],
    ],
    [{ pullPolicy: 'Always', tag: '1' }, []],
    [{ enabled: true }, []],
    ['a/b:1', ['spec.values.image a/b:1']],
    ['nginx', []],
    ['logo.png', []],
    ['https://example.com/logo:1', []],
    [`{{ .Values.global.image }}:1`, []],
    [`\${IMAGE}:1`, []],
    [null, []],
  ])('%j', async (image, images) => {
    expect(await values(image)).toEqual(images)
  })

  test.each<[string, unknown, string[]]>([
    ['a string with a tag next to it is a part', { image: { image: 'a/b:1', tag: '2' } }, ['image.image a/b:1:2']],
    [
      'a string in a map of another name is whole',
      { controller: { image: 'a/b:1', tag: '2' } },
      ['controller.image a/b:1'],
    ],
    ['a string without a tag next to it is whole', { image: { image: 'a/b:1' } }, ['image.image a/b:1']],
    ['a key that only ends so', { damage: 'a/b:1' }, []],
  ])('%s', async (_, body, images) => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec: { values: body } })
    expect(await found(release)).toEqual(images.map((image) => `spec.values.${image}`))
  })

  test('what is outside of the values is none', async () => {
    const spec = { image: 'a/b:1', chart: { image: 'a/b:2' } }
    expect(await found(object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec }))).toEqual([])
    const application = { ...spec, source: { helm: { valuesObject: { image: 'a/b:3' }, image: 'a/b:4' } } }
    expect(await found(object('argoproj.io/v1alpha1', 'Application', { spec: application }))).toEqual([
      'spec.source.helm.valuesObject.image a/b:3',
    ])
  })

  test('keys that end in Image hold images too', async () => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
      spec: { values: { thanosImage: { repository: 'a/b', tag: '1' }, initImage: 'c/d:2', images: 'e/f:3' } },
    })
    expect(await found(release)).toEqual(['spec.values.thanosImage.repository a/b:1', 'spec.values.initImage c/d:2'])
  })
})
