import { clean } from '../../../cli/status/clean.ts'
import fc from '../../support/fast-check.ts'

describe('text from a cluster', () => {
  test.each([
    ['escape sequences', '\u001b[31mred\u001b[0m \u001b]0;title\u0007end', 'red end'],
    ['control characters of one byte', 'a\u009b2Jb\u0000c\u007f', 'ab c'],
    ['line breaks', 'first\r\nsecond\u2028third', 'first second third'],
    ['a change of direction', 'abc\u202edef', 'abc def'],
    ['half a character', 'a\ud800b', 'a b'],
  ])('is printed without %s', (_what, given, expected) => {
    expect(clean(given)).toBe(expected)
  })

  test.each([
    ['in a URL', 'cannot clone https://me:s3cret@git.example.com/a', 'cannot clone https://git.example.com/a'],
    ['as a parameter', 'GET https://example.com/a?token=s3cret failed', 'GET https://example.com/a failed'],
    ['in a header', 'sent Authorization: Bearer abcdefgh.ijk', 'sent Authorization: Bearer …'],
  ])('is printed without credentials %s', (_where, given, expected) => {
    expect(clean(given)).toBe(expected)
  })

  test('keeps what only speaks of secrets', () => {
    const message = 'secrets "github" not found: permission denied'
    expect(clean(message)).toBe(message)
  })

  test('is one line of at most 300 characters, whatever it was', () => {
    expect([...clean('😀'.repeat(400))]).toHaveLength(300)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const cleaned = clean(text)
        expect(cleaned).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect([...cleaned].length).toBeLessThanOrEqual(300)
      }),
    )
  })
})
