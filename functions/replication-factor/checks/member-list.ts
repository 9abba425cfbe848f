import { error, type Finding } from '../../lib/framework/finding.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { type Build, plural, totalOf } from '../build.ts'
import { expandVariables } from '../derive/variable.ts'
import type { Scalable } from '../replicas/scalable.ts'
import { type MemberList, memberListsOf } from './initial-cluster.ts'
import type { Quorum } from './quorum.ts'

// Rule: the initial cluster of an etcd names as many members as there are replicas of what forms its quorum. A member
// too many counts towards a majority that it never joins; one too few is refused by the others.

export const checkMemberLists = (build: Build, quorums: readonly Quorum[]): Finding[] =>
  quorums.flatMap(({ scalables }) =>
    scalables.flatMap((scalable) =>
      memberListsOf(scalable.object).flatMap((list) => checkList(build, scalables, scalable, list)),
    ),
  )

function checkList(
  build: Build,
  quorum: readonly Scalable[],
  { object, namespace }: Scalable,
  { name, container, field, value }: MemberList,
): Finding[] {
  if (value === undefined) return []
  const list = expandVariables(value, container, namespace)
  const { value: n, text } = totalOf(build, quorum)
  if (isPlaceholder(list) || n === undefined) return []
  const members = membersOf(list)
  if (members.length === n) return []
  const together = quorum.length === 1 ? `; workloads that form one cluster are named together under quorum` : ''
  return [
    error(
      `${name} names ${plural(members.length, 'member')}, ${members.join(', ')}, expected ${n}: ${text}; derive it (presets.etcd), or name as many${together}`,
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
