import type { DeriveRule, NamedRule } from '../config-derive.ts'

/**
 * What is known about a program: which workloads hold its data, and which values follow from their replicas. Data only.
 * In names, `{prefix}` is replaced by the prefix and `{part}` by the name of another part.
 */
export interface Preset {
  /** The prefix that a release of the program usually puts before its names. */
  readonly prefix: string
  readonly parts: Readonly<Record<string, Part>>
  /** Where each value belongs; `from` and names in `target` refer to parts as `{part}`. */
  readonly values: Readonly<Record<string, PresetValue>>
}

/** An object that a preset needs. */
export interface Part {
  readonly name: string
  /** Its kind, where it is not a workload and has no replicas. */
  readonly kind?: string
  /** It holds as many copies as the factor says, so it runs at least that many replicas; a quorum an odd number. */
  readonly replicas?: 'factor' | 'odd factor'
  /** It decides by majority. */
  readonly quorum?: true
}

export type PresetValue = DeriveRule & Pick<NamedRule, 'optional' | 'otherPaths'>
