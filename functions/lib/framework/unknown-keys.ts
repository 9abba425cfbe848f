import { formatPath } from '../kubernetes/objects.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Finding, FindingKind, Findings } from './finding.ts'

/**
 * What every function reports about a key of its policy that names nothing in the build: `'unknown-key': unknownKey` in the
 * table of its findings.
 */
export const unknownKey = {
  severity: 'warning',
  message: (what: string, meant: string) =>
    `found no ${what} of this name in the build${meant}; correct the key or remove it`,
  means: 'The policy has an entry for something that the build does not contain.',
  why: 'The entry has no effect: what it was written for, perhaps under another name, gets the defaults.',
  fix: 'Correct the key, or remove the entry. A workload is named by its name, or by Kind/name where two kinds share one.',
} as const satisfies FindingKind<never[]>

/** What of the build the keys may name. */
export interface Named {
  /** The kind of thing, for the message: `workload`. */
  what: string
  names: Iterable<string>
  /** Where keys may be patterns: does this key name something? */
  matches?: (key: string) => boolean
}

/** A finding for every key of a map of the policy that names nothing in the build. `field` is the path to the map. */
export function unknownKeys(
  make: Findings<{ unknownKey: typeof unknownKey }>['unknownKey'],
  field: string,
  entries: Readonly<Record<string, unknown>> | undefined,
  { what, names, matches }: Named,
): Finding[] {
  const keys = Object.keys(entries ?? {})
  if (keys.length === 0) return []
  const known = new Set(names)
  return keys
    .filter((key) => !known.has(key) && !matches?.(key))
    .map((key) => make({ field: { path: formatPath([field, key]) } }, what, didYouMean(key, candidates(key, known))))
}

/** A key with a kind was meant as one with a kind. */
const candidates = (key: string, names: ReadonlySet<string>): string[] =>
  [...names].filter((name) => name !== '*' && name.includes('/') === key.includes('/'))

/** By what a policy may name workloads: name, and `Kind/name`. */
export const workloadNames = (workloads: readonly { kind: string; name: string }[]): string[] =>
  workloads.flatMap(({ kind, name }) => [name, `${kind}/${name}`])
