import { describe, expect, test } from '@jest/globals'
import { detailsOf } from '../../../functions/image-mirror-digest/places/image-at.ts'
import { object } from './lib.ts'

describe('the value of a finding', () => {
  const at = (kind: string, text: string, more: { mayBeSecret?: true } = {}) =>
    detailsOf({ object: object('v1', kind, {}), path: ['a'], text, write: () => undefined, ...more }).field
      ?.currentValue
  test('is quoted, unless it may be secret and is no image', () => {
    expect(at('ConfigMap', 'hunter2!')).toBe('hunter2!')
    expect(at('Secret', 'hunter2!')).toBeUndefined()
    expect(at('Secret', 'a/b:1')).toBe('a/b:1')
    expect(at('Secret', `\${IMAGE}!`)).toBe(`\${IMAGE}!`)
    expect(at('ConfigMap', 'hunter2!', { mayBeSecret: true })).toBeUndefined()
    expect(at('ConfigMap', 'a/b:1', { mayBeSecret: true })).toBe('a/b:1')
  })
})
