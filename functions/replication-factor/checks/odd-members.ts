import type { Finding } from '../../lib/framework/finding.ts'
import { type Build, totalOf } from '../build/build.ts'
import { majority, tolerance } from '../derive/evaluate.ts'
import { findings } from '../findings/index.ts'
import type { Quorum } from './quorum.ts'

// Rule: a quorum has an odd number of members. An even quorum survives no more failures than one with a member less, and
// two members survive none.

export const checkOddMembers = (build: Build, quorums: readonly Quorum[]): Finding[] =>
  quorums.flatMap(({ scalables }) => {
    const { value: n, text } = totalOf(build, scalables)
    const [first] = scalables
    if (!first || n === undefined || n % 2 === 1 || n === 0) return []
    return [
      findings['even-quorum'](
        { object: first.object, field: { path: first.path.join('.') } },
        text,
        n,
        majority(n),
        tolerance(n),
      ),
    ]
  })
