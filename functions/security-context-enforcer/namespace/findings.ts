import { error, type Finding, info, warning } from '../../lib/framework/finding.ts'
import { describe, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isLaxer, type Level } from '../checks/levels.ts'
import type { NamespaceSpec } from '../config.ts'

/** An object whose pods meet this level and none stricter. */
export interface Need {
  object: KubernetesObject
  level: Level
}

/** A Namespace, what its pods in the build need, and what its label and the configuration say. */
export interface NamespaceView {
  object: KubernetesObject
  needs: readonly Need[]
  configured: NamespaceSpec
  written: Level | undefined
  computed: Level
}

const ENFORCE = 'pod-security.kubernetes.io/enforce'

/** Levels that must not be: stricter than the pods meet, or laxer than they need without a reason. */
export function refusals({ object, needs, configured, written, computed }: NamespaceView): Finding[] {
  const { level, reason } = configured
  const config = `namespaces.${object.metadata.name}`
  const refuse = (message: string): Finding[] => [error(message, { object, field: at(ENFORCE, computed, written) })]
  if (level !== undefined && isLaxer(computed, level))
    return refuse(
      `${config}.level is ${level}, at which admission rejects the pods of ${whoMeets(needs, computed)}; expected ${computed}: lower the level, or mend the pods`,
    )
  if (level === undefined && written !== undefined && isLaxer(computed, written))
    return refuse(
      `found ${written}, at which admission rejects the pods of ${whoMeets(needs, computed)}; expected ${computed}: remove the label, or mend the pods`,
    )
  if (level !== undefined && isLaxer(level, computed) && reason === undefined)
    return refuse(
      `${config}.level is ${level}, though every pod in the build meets ${computed}; expected ${computed}, or a reason in ${config}.reason`,
    )
  return []
}

/** Why the namespace enforces less than was asked for, or what the build cannot know. */
export function explain(
  { object, needs, configured, written }: NamespaceView,
  enforce: Level,
  asked: Level,
): Finding[] {
  if (configured.reason !== undefined) return [info(`enforces ${enforce}: ${configured.reason}`, { object })]
  if (needs.length === 0 && configured.level === undefined && written === undefined)
    return [
      warning(
        `enforces ${enforce}, though no pod of it is in the build; if pods from elsewhere need less, say so in namespaces.${object.metadata.name}.level`,
        { object },
      ),
    ]
  if (needs.length === 0 || !isLaxer(enforce, asked)) return []
  return [
    info(`enforces ${enforce}, the strictest level that the pods of ${whoMeets(needs, enforce)} meet`, { object }),
  ]
}

export const at = (label: string, proposedValue: string, currentValue: string | undefined): Finding['field'] & {} => ({
  path: formatPath(['metadata', 'labels', label]),
  ...(currentValue !== undefined && { currentValue }),
  proposedValue,
})

function whoMeets(needs: readonly Need[], level: Level): string {
  const names = needs
    .filter((need) => need.level === level)
    .map(({ object }) => describe(object))
    .sort()
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
}
