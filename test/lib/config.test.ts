import { isOff, modeSchema, offSchema, parseConfig, reasonSchema } from '../../functions/lib/framework/config.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import * as z from '../../functions/lib/framework/lazy-zod.ts'
import { matchSchema } from '../../functions/lib/framework/match.ts'

const size = z.strictObject({ least: z.int().check(z.minimum(1)), most: z.optional(z.int().check(z.maximum(9))) })
const schema = z.strictObject({
  mode: modeSchema,
  name: z.optional(z.string().check(z.minLength(2))),
  exceptions: z.optional(z.array(z.strictObject({ match: matchSchema, reason: reasonSchema }))),
  sizes: z.optional(z.record(z.string().check(z.regex(/^[a-z]+$/, 'lower-case letters')), size)),
  levels: z.optional(z.partialRecord(z.enum(['enforce', 'audit']), z.string())),
  spread: z.optional(z.union([offSchema, size])),
  ratio: z.optional(z.number()),
  flag: z.optional(z.boolean()),
})

/** The ids and messages with which a configuration is refused. */
function refusalsOf(value: unknown): string[] {
  try {
    parseConfig(schema, value, 'spec')
    return []
  } catch (cause) {
    if (cause instanceof InputError) return cause.findings.map(({ id, message }) => `${id}: ${message}`)
    throw cause
  }
}

test('what fits is read with its defaults', () => {
  const sizes = { small: { least: 1 } }
  expect(parseConfig(schema, { sizes, spread: 'off', levels: { audit: 'x' } }, 'spec')).toEqual({
    mode: 'mutate',
    sizes,
    spread: 'off',
    levels: { audit: 'x' },
  })
  expect(parseConfig(schema, { mode: 'validate', spread: { least: 2, most: 9 } }, 'spec')).toEqual({
    mode: 'validate',
    spread: { least: 2, most: 9 },
  })
})

test('off is off, whichever YAML reads it', () => {
  expect(['off', false, 'on', true, undefined, null, ''].map(isOff)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})

describe('what does not fit is refused with its path, what was expected and what was found', () => {
  test.each<[string, unknown, string[]]>([
    [
      'an unknown key, and the one that was probably meant',
      { mod: 'mutate' },
      [
        'policy/unknown-field: spec.mod: unknown key (did you mean mode?); expected one of mode, name, exceptions, sizes, levels, spread, ratio, flag',
      ],
    ],
    [
      'two unknown keys',
      { first: 1, second: 2 },
      [
        expect.stringContaining('spec.first: unknown key;'),
        expect.stringContaining('spec.second: unknown key;'),
      ] as never,
    ],
    [
      'an unknown key in an item of a list',
      { exceptions: [{ match: { nam: 'a' }, reason: 'b' }] },
      [
        'policy/unknown-field: spec.exceptions[0].match.nam: unknown key (did you mean name?); expected one of kind, name, namespace, labels',
      ],
    ],
    [
      'an unknown key in a map of a map',
      { sizes: { small: { leat: 1, least: 1 } } },
      ['policy/unknown-field: spec.sizes.small.leat: unknown key (did you mean least?); expected one of least, most'],
    ],
    [
      'an unknown key in one of two forms',
      { spread: { least: 1, mots: 2 } },
      ['policy/unknown-field: spec.spread.mots: unknown key (did you mean most?); expected one of least, most'],
    ],
    [
      'another value',
      { mode: 'change' },
      ['policy/wrong-value: spec.mode: expected "mutate" or "validate", found "change"'],
    ],
    ['another type', { name: 1 }, ['policy/wrong-value: spec.name: expected a string, found 1']],
    ['a list where a map is', { sizes: [] }, ['policy/wrong-value: spec.sizes: expected a map, found []']],
    [
      'a map where a list is',
      { exceptions: { a: 1 } },
      ['policy/wrong-value: spec.exceptions: expected a list, found a map'],
    ],
    ['text where a number is', { ratio: '1' }, ['policy/wrong-value: spec.ratio: expected a number, found "1"']],
    ['text where a boolean is', { flag: 'yes' }, ['policy/wrong-value: spec.flag: expected a boolean, found "yes"']],
    [
      'a fraction where a whole number is',
      { sizes: { a: { least: 1.5 } } },
      ['policy/wrong-value: spec.sizes.a.least: expected a whole number, found 1.5'],
    ],
    [
      'a number that is too small',
      { sizes: { a: { least: 0 } } },
      ['policy/wrong-value: spec.sizes.a.least: expected at least 1, found 0'],
    ],
    [
      'a number that is too large',
      { sizes: { a: { least: 1, most: 10 } } },
      ['policy/wrong-value: spec.sizes.a.most: expected at most 9, found 10'],
    ],
    [
      'a text that is too short',
      { name: 'a' },
      ['policy/wrong-value: spec.name: expected a length of at least 2, found "a"'],
    ],
    [
      'a field that is missing',
      { exceptions: [{ match: {} }] },
      ['policy/wrong-value: spec.exceptions[0].reason: expected a string, found nothing'],
    ],
    [
      'a key of another form',
      { sizes: { 'A b': { least: 1 } } },
      ['policy/wrong-key: spec.sizes["A b"]: expected lower-case letters as key, found "A b"'],
    ],
    [
      'a value of none of two forms',
      { spread: 'on' },
      ['policy/wrong-value: spec.spread: expected "off" or false or a map, found "on"'],
    ],
    [
      'a value of the form that was meant',
      { spread: { least: 0 } },
      ['policy/wrong-value: spec.spread.least: expected at least 1, found 0'],
    ],
    ['no map at all', [1], ['policy/wrong-value: spec: expected a map, found a list']],
    ['null', null, ['policy/wrong-value: spec: expected a map, found null']],
    [
      'a long text, which is cut',
      { mode: 'x'.repeat(100) },
      [`policy/wrong-value: spec.mode: expected "mutate" or "validate", found "${'x'.repeat(79)}`],
    ],
  ])('%s', (_, value, messages) => expect(refusalsOf(value)).toEqual(messages))

  test('an unknown key of a map with given keys is told what they are', () => {
    expect(refusalsOf({ levels: { inform: 'x' } })).toEqual([expect.stringMatching(/spec\.levels.*inform/)])
  })

  test('every fault is told at once', () => {
    expect(refusalsOf({ mode: 1, name: 1, exceptions: [{ match: {}, reason: '' }, 2] })).toHaveLength(4)
  })
})
