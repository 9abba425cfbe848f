import { readText, replaceWord, setInText } from '../../functions/replication-factor/derive/text.ts'
import { TextError } from '../../functions/replication-factor/derive/text-error.ts'
import { isToml, readToml, setInToml } from '../../functions/replication-factor/derive/toml-text.ts'
import { findWord } from '../../functions/replication-factor/derive/word-pattern.ts'
import fc, { runs } from '../support/fast-check.ts'

const TOML = `# PD
lease = 3
[replication] # copies
# at most the number of TiKV
max-replicas = 3  # one each
location-labels = ["zone", "host"]

[schedule]
max-replicas = 9
replication.strictly = 1
"quoted key" = 'a'
`

describe('TOML', () => {
  test.each([
    ['a table', '[a]\nb = 1\n', true],
    ['an entry', '# c\n\nb = 1\n', true],
    ['a list of tables', '[[a]]\nb = 1\n', true],
    ['an entry in a quoted key', '"b c" = 1', false],
    ['YAML', 'a: 1\n', false],
    ['YAML whose values look like entries', 'a: b = 1\n', false],
    ['nothing', '', false],
  ])('knows %s', (_, text, expected) => expect(isToml(text)).toBe(expected))

  test.each([
    [['lease'], '3'],
    [['replication', 'max-replicas'], '3'],
    [['schedule', 'max-replicas'], '9'],
    [['schedule', 'replication', 'strictly'], '1'],
    [['replication', 'replicas'], undefined],
    [['max-replicas'], undefined],
  ])('reads %j as %s', (path, value) => expect(readToml(TOML, path)).toBe(value))

  test('changes one number and no other character', () => {
    expect(setInToml(TOML, ['replication', 'max-replicas'], 5)).toBe(TOML.replace('= 3  #', '= 5  #'))
  })

  test('refuses a place that does not exist, and says which line to write', () => {
    const attempt = (): string => setInToml('[replication]\n', ['replication', 'max-replicas'], 5)
    expect(attempt).toThrow(TextError)
    expect(attempt).toThrow('replication.max-replicas: not in the text; write the line `max-replicas = 5` in its table')
  })

  test.each([
    ['line ends of Windows', '[a]\r\nn = 1 # one\r\n', '[a]\r\nn = 5 # one\r\n'],
    ['a header with a comment and such line ends', '[a] # copies\r\nn = 1\r\n', '[a] # copies\r\nn = 5\r\n'],
    ['a string of several lines', '[a]\nt = """\nn = 1\n"""\nn = 2\n', '[a]\nt = """\nn = 1\n"""\nn = 5\n'],
    ['a long string on one line', "[a]\nt = '''n = 1'''\nn = 2\n", "[a]\nt = '''n = 1'''\nn = 5\n"],
    ['a list of tables behind', '[a]\nn = 1\n[[b]]\nn = 2\n', '[a]\nn = 5\n[[b]]\nn = 2\n'],
  ])('reads past %s', (_, text, after) => expect(setInToml(text, ['a', 'n'], 5)).toBe(after))

  test.each([
    ['an entry of a list of tables', '[a]\nm = 1\n[[b]]\nn = 2\n', 'a.n: not in the text'],
    ['a string with blanks', '[a]\nn = "1 x"\n', 'a.n: found "1 x", expected a whole number to replace'],
    ['a list', '[a]\nn = ["x", "y"]\n', 'a.n: found ["x",, expected a whole number to replace'],
  ])('does not write over %s', (_, text, message) => {
    expect(() => setInToml(text, ['a', 'n'], 5)).toThrow(TextError)
    expect(() => setInToml(text, ['a', 'n'], 5)).toThrow(message)
  })

  test('refuses a value that is not a number', () => {
    expect(() => setInToml(TOML, ['lease'], ['a'])).toThrow(
      'lease: only a number can be written into TOML, found ["a"]',
    )
  })

  test('any number is written where it is read, and the rest stays', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(['lease'], ['replication', 'max-replicas'], ['schedule', 'max-replicas']),
        (n, path) => {
          const after = setInToml(TOML, path, n)
          expect(readToml(after, path)).toBe(String(n))
          expect(after.replace(String(n), '')).toHaveLength(TOML.length - 1)
          expect(setInToml(after, path, n)).toBe(after)
        },
      ),
    )
  })
})

describe('a text of a ConfigMap', () => {
  test('is taken for TOML or YAML by its first lines', async () => {
    expect(await readText('[a]\nb = 1\n', ['a', 'b'])).toBe('1')
    expect(await readText('a:\n  b: 1\n', ['a', 'b'])).toBe(1)
    expect(await setInText('[a]\nb = 1\n', ['a', 'b'], 2)).toBe('[a]\nb = 2\n')
    expect(await setInText('a:\n  b: 1\n', ['a', 'b'], 2)).toBe('a:\n  b: 2\n')
  })

  test('is read with merge keys and tags too', async () => {
    expect(await readText('a: &a {b: 1}\nc:\n  <<: *a\n  d: !!str 2\n', ['c', 'd'])).toBe('2')
  })
})

describe('aliases that expand to very much', () => {
  const nine = (item: string): string => `[${Array(9).fill(item).join(', ')}]`
  const levels = Array.from({ length: 11 }, (_, level) => `a${level + 1}: &a${level + 1} ${nine(`*a${level}`)}\n`)
  const laughs = `a0: &a0 ${nine('x')}\n${levels.join('')}n: 1\n`

  test('are refused, not followed', async () => {
    await expect(readText(laughs, ['n'])).rejects.toThrow(TextError)
    await expect(setInText(laughs, ['n'], 3)).rejects.toThrow('aliases stand for more than 10000 nodes')
  })
})

describe('a word in a text', () => {
  const CONF = 'port 26379\r\nsentinel  monitor main redis-0 6379 2\r\nsentinel timeout main 3000\r\n'

  test.each([
    ['a line, whatever its blanks', CONF, 'sentinel monitor * * * {value}', 'line', '2'],
    ['the first word of a line', CONF, '{value} 26379', 'line', 'port'],
    ['a part of an argument', 'fsync:on,copies:3,x:y', 'copies:{value}', 'part', '3'],
    ['a part before another', 'a=1;b=2', '{value};b', 'part', 'a=1'],
    ['characters that mean something to expressions', 'a.b(c)=1', 'a.b(c)={value}', 'part', '1'],
  ] as const)('is found in %s', (_, text, pattern, scope, word) => {
    const found = findWord(text, pattern, scope)
    expect(found.text).toBe(word)
    expect(replaceWord(text, found, 'X')).toBe(`${text.slice(0, found.start)}X${text.slice(found.start + word.length)}`)
  })

  test.each([
    ['no line', CONF, 'sentinel quorum {value}', 'line', 'found no lines like "sentinel quorum {value}", expected one'],
    ['two parts', 'a:1,a:2', 'a:{value}', 'part', 'found 2 parts like "a:{value}", expected one'],
    ['a line that only begins so', 'quorum 2 more', 'quorum {value}', 'line', 'found no lines like'],
  ] as const)('is refused where %s fits', (_, text, pattern, scope, message) => {
    expect(() => findWord(text, pattern, scope)).toThrow(TextError)
    expect(() => findWord(text, pattern, scope)).toThrow(message)
  })
})

describe('a pattern with wildcards', () => {
  /** The rule as a regular expression says it; it takes very long for long lines. */
  const expected = (text: string, pattern: string, scope: 'line' | 'part'): string[] => {
    const [before, after] = pattern.split('{value}').map((part) =>
      part
        .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '\\S+')
        .replaceAll(/[ \t]+/g, '[ \\t]+'),
    )
    const expression =
      scope === 'line' ? `(?<=^[ \\t]*${before})\\S+(?=${after}[ \\t]*\\r?$)` : `(?<=${before})[^\\s,;&"']+(?=${after})`
    return [...text.matchAll(new RegExp(expression, 'gm'))].map((match) => `${match.index} ${match[0]}`)
  }

  const characters = (...all: string[]) =>
    fc.array(fc.constantFrom(...all), { maxLength: 8 }).map((list) => list.join(''))
  const texts = characters('a', 'b', ' ', '\n', '\t', ',', ':')
  const sides = characters('a', 'b', ' ', '*', ':')

  test('finds what the regular expression finds', () => {
    fc.assert(
      fc.property(texts, sides, sides, fc.constantFrom('line', 'part'), (text, before, after, scope) => {
        const pattern = `${before}{value}${after}`
        const all = expected(text, pattern, scope)
        const attempt = (): string => {
          const { start, text: word } = findWord(text, pattern, scope)
          return `${start} ${word}`
        }
        if (all.length === 1) expect(attempt()).toBe(all[0])
        else expect(attempt).toThrow(`found ${all.length || 'no'} ${scope}s`)
      }),
      { numRuns: runs(400) },
    )
  })

  test('takes no longer for a long line than its length asks for', () => {
    const line = `${'x'.repeat(200_000)} 1`
    const start = performance.now()
    expect(findWord(line, '*x*x*x*x*x* {value}', 'line').text).toBe('1')
    expect(() => findWord(line, '*x*x*x*x*x*y {value}', 'line')).toThrow(TextError)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
