import { error, type Finding } from '../../lib/framework/finding.ts'
import { type Build, totalOf } from '../build.ts'
import { majority, tolerance } from '../derive/formula.ts'
import type { Quorum } from './quorum.ts'

// Rule: a quorum has an odd number of members. An even number stands no more failures than one member less, and two
// stand none.

export const checkOddMembers = (build: Build, quorums: readonly Quorum[]): Finding[] =>
  quorums.flatMap(({ scalables }) => {
    const { value: n, text } = totalOf(build, scalables)
    const [first] = scalables
    if (!first || n === undefined || n % 2 === 1 || n === 0) return []
    return [
      error(
        `found ${text}, expected an odd number: of ${n} members floor(${n} / 2) + 1 = ${majority(n)} must agree, so floor((${n} - 1) / 2) = ${tolerance(n)} may fail, as of ${n - 1}; make it ${n - 1} or ${n + 1}`,
        { object: first.object, field: { path: first.path.join('.') } },
      ),
    ]
  })
