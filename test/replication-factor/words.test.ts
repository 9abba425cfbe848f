import { isToml, readToml } from '../../functions/replication-factor/derive/toml-text.ts'
import { findWord } from '../../functions/replication-factor/derive/word-pattern.ts'

describe('a table of TOML', () => {
  test.each<[string, string[], string | undefined]>([
    ['[ a . "b" ] # why\nn = 3\n', ['a', 'b', 'n'], '3'],
    ['  [a]\n  n =   3\n', ['a', 'n'], '3'],
    ['[[a]]\nn = 3\n', ['a', 'n'], undefined],
    ['[a] b\nn = 3\n', ['a', 'n'], undefined],
    ['# n = 2\nn = 3\n', ['n'], '3'],
    ['a b = 2\nb = 3\n', ['b'], '3'],
  ])('%j has at %j the value %s', (text, path, value) => {
    expect(readToml(text, path)).toBe(value)
  })

  test.each<[string, boolean]>([
    ['# why\n\n  a.b = 1\n', true],
    ['  [a]\n', true],
    ['"a b": 1\n', false],
    ['a: b = 1\n', false],
    ['', false],
  ])('is what %j begins with: %s', (text, expected) => {
    expect(isToml(text)).toBe(expected)
  })
})

describe('a word of a text', () => {
  const word = (text: string, pattern: string, scope: 'line' | 'part') => {
    try {
      return findWord(text, pattern, scope).text
    } catch {
      return 'none'
    }
  }

  test.each<[string, string, string]>([
    ['size 3', 'size {value}', '3'],
    ['a\n  size 3  \nb', 'size {value}', '3'],
    ['a\r\nsize 3\r\nb', 'size {value}', '3'],
    ['size 3 x', 'size {value}', 'none'],
    ['my size 3', 'size {value}', 'none'],
    ['size 3\nsize 4', 'size {value}', 'none'],
    ['size 3\rx', 'size {value}', 'none'],
  ])('of the line of %j like %s is %s', (text, pattern, expected) => {
    expect(word(text, pattern, 'line')).toBe(expected)
  })

  test.each<[string, string, string]>([
    ['--a=1 --size=3 --b=2', '--size={value}', '3'],
    ['--size=3', '--size={value}', '3'],
    ['(size 3)', 'size {value})', '3'],
    ['x', 'size {value}', 'none'],
  ])('of the part of %j like %s is %s', (text, pattern, expected) => {
    expect(word(text, pattern, 'part')).toBe(expected)
  })
})
