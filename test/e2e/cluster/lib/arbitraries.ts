import type { Fields } from '../../../../functions/lib/kubernetes/objects.ts'
import fc from '../../../support/fast-check.ts'

/** Any of the values, each as often as it is named. */
export const oneOf = (...values: unknown[]) => fc.constantFrom(...values)

/** Mostly the first value. */
export const mostly = (usual: unknown, ...others: unknown[]) =>
  fc.oneof(
    { weight: 4 + others.length * 3, arbitrary: fc.constant(usual) },
    ...others.map((value) => fc.constant(value)),
  )

/** A map in which each field is at a chance of one in so many. */
export const someOf = (oneIn: number, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> => {
  const absent = { weight: oneIn - 1, arbitrary: fc.constant(undefined) }
  const entries = Object.entries(fields).map(([name, value]) => [name, fc.oneof(absent, value)] as const)
  return fc
    .record(Object.fromEntries(entries))
    .map((map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)))
}

/** A few of the items, none twice. */
export const several = (item: fc.Arbitrary<unknown>, maxLength = 2) => fc.uniqueArray(item, { maxLength })
