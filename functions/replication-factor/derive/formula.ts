import type { Formula } from './rule.ts'

/** How many of n must agree so that no two halves can: floor(n/2) + 1. */
export const majority = (n: number): number => Math.floor(n / 2) + 1

/** How many of n may be away while a majority is left: floor((n - 1) / 2). */
export const tolerance = (n: number): number => Math.floor((n - 1) / 2)

/** A value from the environment's factor and a number of replicas. `members` is no number: members.ts writes it. */
export function compute(formula: Exclude<Formula, 'members'>, factor: number, count: number): number {
  switch (formula) {
    case 'count':
      return count
    case 'factor':
      return factor
    case 'min(factor, count)':
      return Math.min(factor, count)
    case 'quorum':
      return majority(count)
    case 'quorum(factor)':
      return majority(factor)
  }
}

/** Does the formula read the factor? */
export const needsFactor = (formula: Formula): boolean => formula.includes('factor')

/** Does the formula read the replicas? */
export const needsCount = (formula: Formula): boolean => formula !== 'factor' && formula !== 'quorum(factor)'
