import fc from 'fast-check'
import {
  compute,
  majority,
  needsCount,
  needsFactor,
  tolerance,
} from '../../functions/replication-factor/derive/formula.ts'
import { FORMULAS } from '../../functions/replication-factor/derive/rule.ts'

describe.each([
  // members, majority, how many may fail
  [1, 1, 0],
  [2, 2, 0],
  [3, 2, 1],
  [4, 3, 1],
  [5, 3, 2],
  [7, 4, 3],
])('of %i members', (n, agree, fail) => {
  test(`${agree} must agree`, () => expect(majority(n)).toBe(agree))
  test(`${fail} may fail`, () => expect(tolerance(n)).toBe(fail))
})

test.each([
  ['count', 3, 5, 5],
  ['factor', 3, 5, 3],
  ['min(factor, count)', 3, 5, 3],
  ['min(factor, count)', 3, 1, 1],
  ['quorum', 3, 5, 3],
  ['quorum(factor)', 3, 5, 2],
] as const)('%s of factor %i and %i replicas is %i', (formula, factor, count, value) => {
  expect(compute(formula, factor, count)).toBe(value)
})

const members = fc.integer({ min: 1, max: 1_000 })

test('two majorities of the same members always share one', () => {
  fc.assert(fc.property(members, (n) => 2 * majority(n) > n && majority(n) <= n))
})

test('what may fail and what must agree are all members', () => {
  fc.assert(fc.property(members, (n) => tolerance(n) + majority(n) === n))
})

test('an even number of members stands no more failures than one less', () => {
  fc.assert(fc.property(members, (half) => tolerance(2 * half) === tolerance(2 * half - 1)))
})

test('a clamped factor is neither above the factor nor above the replicas, and one of them', () => {
  fc.assert(
    fc.property(members, members, (factor, count) => {
      const value = compute('min(factor, count)', factor, count)
      return value <= factor && value <= count && (value === factor || value === count)
    }),
  )
})

test('a formula that says it does not need a number gives the same without it', () => {
  const numeric = FORMULAS.filter((formula) => formula !== 'members')
  fc.assert(
    fc.property(fc.constantFrom(...numeric), members, members, (formula, factor, count) => {
      if (!needsFactor(formula)) expect(compute(formula, 0, count)).toBe(compute(formula, factor, count))
      if (!needsCount(formula)) expect(compute(formula, factor, 0)).toBe(compute(formula, factor, count))
    }),
  )
})
