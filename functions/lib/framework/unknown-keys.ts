import { didYouMean } from './did-you-mean.ts'
import { type Finding, warning } from './finding.ts'

/**
 * A warning for every key of a map of overrides that names no workload of the build, by name or as `Kind/name`.
 * `'*'` names all of them.
 */
export function unusedOverrides(
  field: string,
  overrides: Readonly<Record<string, unknown>> | undefined,
  workloads: readonly { kind: string; name: string }[],
): Finding[] {
  const keys = Object.keys(overrides ?? {}).filter((key) => key !== '*')
  if (keys.length === 0) return []
  const names = new Set(workloads.flatMap(({ kind, name }) => [name, `${kind}/${name}`]))
  return keys
    .filter((key) => !names.has(key))
    .map((key) =>
      warning(
        `${field}.${key}: found no workload of this name in the build${didYouMean(key, [...names])}; expected the name of one, or Kind/name`,
      ),
    )
}
