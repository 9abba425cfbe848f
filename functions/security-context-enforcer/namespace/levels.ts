import type { Finding } from '../../lib/framework/finding.ts'
import { describe, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isLaxer, type Level } from '../checks/levels.ts'
import type { NamespaceSpec } from '../config.ts'
import { findings } from '../findings/index.ts'

/** An object whose pods meet this level and none stricter. */
export interface Need {
  object: KubernetesObject
  level: Level
}

/** A Namespace, what its pods in the build need, and what its label and the policy say. */
export interface NamespaceView {
  object: KubernetesObject
  needs: readonly Need[]
  configured: NamespaceSpec
  written: Level | undefined
  computed: Level
}

const ENFORCE = 'pod-security.kubernetes.io/enforce'

/** Refuses levels that are stricter than the pods meet, or laxer than they need without a reason. */
export function refusals({ object, needs, configured, written, computed }: NamespaceView): Finding[] {
  const { level, reason } = configured
  const config = `namespaces.${object.metadata.name}`
  const details = { object, field: fieldOf(ENFORCE, computed, written) }
  if (level !== undefined && isLaxer(computed, level))
    return [findings['level-too-strict'](details, config, level, namesOf(needs, computed), computed)]
  if (level === undefined && written !== undefined && isLaxer(computed, written))
    return [findings['label-too-strict'](details, written, namesOf(needs, computed), computed)]
  if (level !== undefined && isLaxer(level, computed) && reason === undefined)
    return [findings['level-too-lax'](details, config, level, computed)]
  return []
}

/** Why the namespace enforces less than was asked for, or what the build cannot know. */
export function explain(
  { object, needs, configured, written }: NamespaceView,
  enforce: Level,
  asked: Level,
): Finding[] {
  if (configured.reason !== undefined) return [findings['level-configured']({ object }, enforce, configured.reason)]
  if (needs.length === 0 && configured.level === undefined && written === undefined)
    return [findings['namespace-without-pods']({ object }, enforce, `namespaces.${object.metadata.name}`)]
  if (needs.length === 0 || !isLaxer(enforce, asked)) return []
  return [findings['level-computed']({ object }, enforce, namesOf(needs, enforce))]
}

/** The field of a finding about a label. */
export const fieldOf = (
  label: string,
  proposedValue: string,
  currentValue: string | undefined,
): Finding['field'] & {} => ({
  path: formatPath(['metadata', 'labels', label]),
  ...(currentValue !== undefined && { currentValue }),
  proposedValue,
})

/** The objects whose pods meet exactly this level, sorted, three at most. */
function namesOf(needs: readonly Need[], level: Level): string {
  const names = needs
    .filter((need) => need.level === level)
    .map(({ object }) => describe(object))
    .sort()
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
}
