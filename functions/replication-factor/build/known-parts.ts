import { isOff } from '../../lib/framework/config.ts'
import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { matchesPattern } from '../../lib/framework/match.ts'
import type { DeriveRule, DeriveTarget, NamedRule } from '../config-derive.ts'
import type { PresetSpec } from '../config-presets.ts'
import { findings } from '../findings/index.ts'
import { presetOf } from '../presets/index.ts'
import type { Part, Preset } from '../presets/preset.ts'
import type { Build } from './build.ts'
import { named, type Scalable } from './scalable.ts'

/** What a preset says about workloads of the build. */
export interface KnownPart extends Part {
  /** `presets.mimir.parts.ingester` */
  where: string
  scalables: readonly Scalable[]
}

/** What the presets of a policy give: workloads that hold data, and rules like those that a person writes. */
export interface Expanded {
  parts: KnownPart[]
  rules: NamedRule[]
  findings: Finding[]
}

export function expandPresets(build: Build): Expanded {
  const all = Object.keys(build.spec.presets)
    .sort()
    .flatMap((key) => {
      const preset = presetOf(key)
      return preset ? [expand(build, key, preset, build.spec.presets[key] ?? {})] : []
    })
  return {
    parts: all.flatMap(({ parts }) => parts),
    rules: all.flatMap(({ rules }) => rules),
    findings: all.flatMap(({ findings }) => findings),
  }
}

function expand(build: Build, key: string, preset: Preset, spec: PresetSpec): Expanded {
  const names = namesOf(preset, spec)
  const parts: KnownPart[] = []
  const found: Finding[] = []
  for (const [part, name] of [...names]) {
    if (part === 'prefix') continue
    const known = { ...(preset.parts[part] as Part), name, where: `presets.${key}.parts.${part}` }
    const scalables = known.kind ? [] : named(build.scalables, name)
    if (scalables.length > 0 || isThere(build, known)) parts.push({ ...known, scalables })
    else {
      found.push(missing(build, known))
      names.delete(part)
    }
  }
  return { parts, rules: rulesOf(key, preset, spec, names), findings: found }
}

/** The names of the parts that are not off, with the prefix as one more. */
function namesOf(preset: Preset, spec: PresetSpec): Map<string, string> {
  const names = new Map([['prefix', spec.prefix ?? preset.prefix]])
  for (const [part, { name }] of Object.entries(preset.parts)) {
    const own = spec.parts?.[part]
    if (!isOff(own)) names.set(part, own ?? refer(name, names) ?? name)
  }
  return names
}

/** A name with the parts that it mentions; undefined where one of them is off or missing. */
function refer(text: string, names: ReadonlyMap<string, string>): string | undefined {
  const mentioned = [...text.matchAll(/\{([\w-]+)\}/g)].map(([, part = '']) => part)
  if (!mentioned.every((part) => names.has(part))) return undefined
  return text.replaceAll(/\{([\w-]+)\}/g, (_, part: string) => names.get(part) ?? '')
}

const isThere = ({ objects, topology }: Build, { name, kind }: Part): boolean =>
  kind === undefined
    ? named(topology.workloads, name).length > 0
    : objects.some((object) => object.kind === kind && matchesPattern(name, object.metadata.name))

function missing(build: Build, { name, kind, where }: Omit<KnownPart, 'scalables'>): Finding {
  const candidates = kind
    ? build.objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name)
    : build.scalables.map((scalable) => (name.includes('/') ? `${scalable.kind}/${scalable.name}` : scalable.name))
  return findings['part-not-found'](
    { field: { path: where } },
    `${kind ? `${kind} ` : ''}${name}`,
    didYouMean(name, candidates),
  )
}

function rulesOf(key: string, preset: Preset, spec: PresetSpec, names: ReadonlyMap<string, string>): Expanded['rules'] {
  return Object.entries(preset.values).flatMap(([value, written]) => {
    const own = spec.values?.[value]
    const from = refer(written.from, names)
    const target = referTarget(written.target, names)
    if (isOff(own) || from === undefined || target === undefined) return []
    const { otherPaths, ...rule } = written
    const isMoved = typeof own === 'object' && own.target !== undefined
    const others = otherPaths && !isMoved ? { otherPaths } : {}
    return [{ ...rule, ...others, target, ...given(own), from, name: `presets.${key}.values.${value}` }]
  })
}

const given = (own: object | undefined): Partial<DeriveRule> =>
  Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== undefined))

/** A target with the names of parts in it; undefined where one of them is off or missing. */
function referTarget(target: DeriveTarget, names: ReadonlyMap<string, string>): DeriveTarget | undefined {
  let complete = true
  const resolve = (node: unknown): unknown => {
    if (typeof node === 'string') {
      const text = node.includes('{value}') ? node : refer(node, names)
      complete &&= text !== undefined
      return text
    }
    if (Array.isArray(node)) return node.map(resolve)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolve(value)]))
  }
  const resolved = resolve(target) as DeriveTarget
  return complete ? resolved : undefined
}
