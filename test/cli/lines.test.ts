import { once } from '../../cli/lines.ts'

describe('a line that is there several times is written once, with a count', () => {
  test.each<[string, string[], string[]]>([
    ['at its first place', ['a', 'b', 'a', 'c', 'a'], ['a (3 times)', 'b', 'c']],
    ['but a line that is there once stays as it is', ['a', 'b'], ['a', 'b']],
    ['and lines that differ at the end are two', ['port 80', 'port 800'], ['port 80', 'port 800']],
    ['and empty lines are left out', ['', 'a', '', ''], ['a']],
  ])('%s', (_, lines, expected) => {
    expect(once(lines.join('\n'))).toBe(expected.map((line) => `${line}\n`).join(''))
  })

  test('no line is no text', () => expect(once('')).toBe(''))
})
