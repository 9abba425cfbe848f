import type { Finding } from '../../lib/framework/finding.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { type Build, plural, totalOf } from '../build/build.ts'
import type { Scalable } from '../build/scalable.ts'
import { expandVariables } from '../derive/variable.ts'
import { findings } from '../findings/index.ts'
import { type MemberList, memberListsOf } from './initial-cluster.ts'
import type { Quorum } from './quorum.ts'

// Rule: the initial cluster of an etcd names as many members as its quorum has replicas. A member too many counts towards
// a majority that it never joins; a member that is not listed is refused by the others.

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
  const found = membersIn(list)
  if (found === n) return []
  const details = { object, field: { path: field } }
  return [findings['wrong-member-list'](details, name, plural(found, 'member'), n, text, quorum.length === 1)]
}

/** How many members `a=https://a:2380,b=https://b:2380` names: a member is listed once for each of its URLs. */
function membersIn(list: string): number {
  const entries = list.split(',').filter((entry) => entry !== '')
  return new Set(entries.map((entry) => entry.split('=')[0])).size
}
