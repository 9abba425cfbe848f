import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { FORMULAS } from '../../functions/replication-factor/config-derive.ts'
import { majority, tolerance } from '../../functions/replication-factor/derive/evaluate.ts'
import fc from '../support/fast-check.ts'
import { configMap, QUIET, run, workload } from './build.ts'

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

const compute = async (formula: string, factor: number | undefined, replicas: number): Promise<unknown> => {
  const target = { configMap: { key: 'a.json', path: 'n' } }
  const { objects } = await run(
    [workload('StatefulSet', 'store', { replicas }), configMap('c', 'a.json', '{"n": 0}')],
    {
      ...QUIET,
      ...(factor !== undefined && { factor }),
      derive: { n: { from: 'store', formula, target } },
    },
  )
  return JSON.parse(String(valueAt(objects[1], ['data', 'a.json']))).n
}

test.each([
  ['count', 3, 5, 5],
  ['factor', 3, 5, 3],
  ['min(factor, count)', 3, 5, 3],
  ['min(factor, count)', 3, 1, 1],
  ['quorum', 3, 5, 3],
  ['quorum(factor)', 3, 5, 2],
] as const)('%s of factor %i and %i replicas is %i', async (formula, factor, count, value) => {
  expect(await compute(formula, factor, count)).toBe(value)
})

const members = fc.integer({ min: 1, max: 1_000 })

test('two majorities of the same members always share one', () => {
  fc.assert(fc.property(members, (n) => 2 * majority(n) > n && majority(n) <= n))
})

test('what may fail and what must agree are all members', () => {
  fc.assert(fc.property(members, (n) => tolerance(n) + majority(n) === n))
})

test('an even number of members survives no more failures than one less', () => {
  fc.assert(fc.property(members, (half) => tolerance(2 * half) === tolerance(2 * half - 1)))
})

test('a clamped factor is the lower of the factor and the replicas', async () => {
  await fc.assert(
    fc.asyncProperty(members, members, async (factor, count) => {
      expect(await compute('min(factor, count)', factor, count)).toBe(factor < count ? factor : count)
    }),
  )
})

test('a formula that does not name the factor needs no factor', async () => {
  const numeric = FORMULAS.filter((formula) => formula !== 'members' && !formula.includes('factor'))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...numeric), members, async (formula, count) => {
      expect(await compute(formula, undefined, count)).toBe(await compute(formula, 3, count))
    }),
  )
})
