import type { Finding } from '../../functions/lib/framework/finding.ts'
import { checkDashboards } from './dashboards.ts'
import { checkImagePolicies } from './image-policies.ts'
import { checkMissingKeys } from './missing-keys.ts'
import { checkPlaceholderDigests } from './placeholder-digests.ts'
import { checkPlaceholders } from './placeholders.ts'
import { checkReleaseTags } from './release-tags.ts'
import type { Check, SourceTree } from './source-tree.ts'
import { checkWorkflowMatrix } from './workflow-matrix.ts'

/** Every check of a source tree, each in a file of its own. */
const CHECKS: readonly Check[] = [
  checkImagePolicies,
  checkDashboards,
  checkMissingKeys,
  checkPlaceholders,
  checkPlaceholderDigests,
  checkWorkflowMatrix,
  checkReleaseTags,
]

export const checkSourceTree = (tree: SourceTree): Finding[] => CHECKS.flatMap((check) => check(tree))
