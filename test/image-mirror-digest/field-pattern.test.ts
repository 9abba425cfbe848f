import { expect, test } from '@jest/globals'
import { PATTERN, pathsOf } from '../../functions/image-mirror-digest/places/field-pattern.ts'
import { formatPath } from '../../functions/lib/kubernetes/objects.ts'

const VALUE = {
  image: 'root',
  a: { image: 'a', 'b.c': { image: 'abc' }, list: [{ image: 'l0' }, { image: 'l1', deep: { image: 'l1d' } }] },
  '*': { image: 'star' },
}

test.each([
  ['image', ['image']],
  ['a.image', ['a.image']],
  ['a["b.c"].image', ['a["b.c"].image']],
  ['a.list[1].image', ['a.list[1].image']],
  ['a.list[*].image', ['a.list[0].image', 'a.list[1].image']],
  ['a.list.*.image', ['a.list[0].image', 'a.list[1].image']],
  ['*.image', ['a.image', '["*"].image']],
  ['["*"].image', ['["*"].image']],
  ['a.**.image', ['a.image', 'a["b.c"].image', 'a.list[0].image', 'a.list[1].image', 'a.list[1].deep.image']],
  [
    'a.list.**',
    [
      'a.list',
      'a.list[0]',
      'a.list[0].image',
      'a.list[1]',
      'a.list[1].image',
      'a.list[1].deep',
      'a.list[1].deep.image',
    ],
  ],
  ['a.nothing.image', []],
  ['image.further', []],
  ['__proto__.image', []],
])('%s', (pattern, paths) => {
  expect(PATTERN.test(pattern)).toBe(true)
  expect(pathsOf(VALUE, pattern).map(formatPath)).toEqual(paths)
})

test.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a["b]', 'a]'])('%p is not a path', (pattern) => {
  expect(PATTERN.test(pattern)).toBe(false)
})
