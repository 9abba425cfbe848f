import { error, type Finding } from '../../lib/finding.ts'
import { isPlaceholder } from '../../lib/kubernetes/shape.ts'
import { type Build, plural, totalOf } from '../build.ts'
import { type Argument, argumentsOf } from '../derive/argument.ts'
import { expandVariables } from '../derive/variable.ts'
import type { Quorum } from '../quorum.ts'
import type { Scalable } from '../scalable.ts'

// Rule: the `--initial-cluster` of an etcd names as many members as there are replicas of what forms its quorum. A member
// too many counts towards a majority that it never joins; one too few is refused by the others.

const FLAG = '--initial-cluster'

export const checkMemberLists = (build: Build, quorums: readonly Quorum[]): Finding[] =>
  quorums.flatMap(({ scalables }) =>
    scalables.flatMap((scalable) =>
      argumentsOf(scalable.object, FLAG).flatMap((argument) => checkList(build, scalables, scalable, argument)),
    ),
  )

function checkList(
  build: Build,
  quorum: readonly Scalable[],
  { object, namespace }: Scalable,
  argument: Argument,
): Finding[] {
  const { at, field, value } = argument
  const list = expandVariables(value, at.container, namespace)
  const { value: n, text } = totalOf(build, quorum)
  if (isPlaceholder(list) || n === undefined) return []
  const members = membersOf(list)
  if (members.length === n) return []
  const together = quorum.length === 1 ? `; workloads that form one cluster are named together under quorum` : ''
  return [
    error(
      `${FLAG} names ${plural(members.length, 'member')}, ${members.join(', ')}, expected ${n}: ${text}; derive it (presets.etcd), or name as many${together}`,
      { object, field: { path: field } },
    ),
  ]
}

/** `a=https://a:2380,b=https://b:2380`: a member stands once for each of its URLs. */
const membersOf = (list: string): string[] => [
  ...new Set(
    list
      .split(',')
      .filter((entry) => entry !== '')
      .map((entry) => entry.split('=')[0] ?? ''),
  ),
]
