import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { sourceTree } from '../findings.ts'
import type { Check } from './source-tree.ts'
import { workflowsThatPush } from './workflows.ts'

const RELEASE = /^(?:[\w.-]+|\*)\/v\[0-9\]\+\.\[0-9\]\+\.\[0-9\]\+$/

/** The workflow that releases a component runs for release tags only. */
export const checkReleaseTags: Check = ({ repository }) =>
  workflowsThatPush(repository).flatMap(({ path, fields }) => {
    const tags = valueAt(fields, ['on', 'push', 'tags'])
    return (Array.isArray(tags) ? tags.map(String) : [])
      .filter((pattern) => !RELEASE.test(pattern))
      .map((pattern) => sourceTree['release-tag']({}, path, pattern))
  })
