import { isDeepStrictEqual } from 'node:util'
import { nearest } from '../../../functions/lib/framework/did-you-mean.ts'
import { type Fields, formatPath, isFields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { merged } from '../tree/helm-values.ts'
import type { ChartFiles } from './chart-files.ts'
import { knows, resolved, type ValuePath } from './known-values.ts'

/** How the values of a release fit a new version of its chart. Values are named by their paths, never shown. */
export interface ValueChanges {
  /** The old version knows them, the new one does not; `now` is what was probably meant to follow. */
  gone: { path: string; now?: string }[]
  /** Neither version knows them. */
  unknown: string[]
  /** The default has become another type. */
  retyped: { path: string; before: string; after: string }[]
  /** The new schema requires them, the old one did not, and nothing sets them. */
  required: string[]
}

/** Compares the values that a release sets with two versions of its chart. */
export function valueChanges(set: Fields, before: ChartFiles, after: ChartFiles): ValueChanges {
  const lost = unknownIn(set, after, [])
  return {
    gone: lost.filter((path) => knows(before, path)).map((path) => withFollower(path, before, after)),
    unknown: lost.filter((path) => !knows(before, path)).map(formatPath),
    retyped: pathsOf(set).flatMap((path) => {
      const [old, now] = [before, after].map(({ values }) => typeOfValue(valueAt(values, path)))
      return old && now && old !== now ? [{ path: formatPath(path), before: old, after: now }] : []
    }),
    required: requiredPaths(after, set)
      .filter((path) => !isDefined(merged(after.values, set), path))
      .filter((path) => !requiredPaths(before, set).some((old) => isDeepStrictEqual(old, path)))
      .map(formatPath),
  }
}

/** The topmost paths that a chart does not know. */
const unknownIn = (set: Fields, chart: ChartFiles, path: ValuePath): ValuePath[] =>
  Object.entries(set).flatMap(([key, value]) => {
    const here = [...path, key]
    if (!knows(chart, here)) return [here]
    return isFields(value) ? unknownIn(value, chart, here) : []
  })

/** Every path of a map, of maps before what is in them. */
const pathsOf = (values: Fields, path: ValuePath = []): ValuePath[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const here = [...path, key]
    return [here, ...(isFields(value) ? pathsOf(value, here) : [])]
  })

/**
 * The new value that probably replaced an old one: of the same name elsewhere, of nearly the same name in the same map, or
 * the only one with the same default.
 */
function withFollower(path: ValuePath, before: ChartFiles, after: ChartFiles): ValueChanges['gone'][number] {
  const added = pathsOf(after.values).filter((one) => !knows(before, one) || valueAt(before.values, one) === undefined)
  const name = path.at(-1) ?? ''
  const parent = path.slice(0, -1)
  const moved = added.filter((one) => one.at(-1) === name).map(formatPath)
  const siblings = added.filter((one) => isDeepStrictEqual(one.slice(0, -1), parent)).map((one) => one.at(-1) ?? '')
  const sibling = nearest(name, siblings)
  const value = valueAt(before.values, path)
  const equal = isTelling(value) ? added.filter((one) => isDeepStrictEqual(valueAt(after.values, one), value)) : []
  const [only, ...others] = equal
  const now =
    (moved.length > 0 ? (nearest(formatPath(path), moved) ?? moved[0]) : undefined) ??
    (sibling === undefined ? undefined : formatPath([...parent, sibling])) ??
    (only && others.length === 0 ? formatPath(only) : undefined)
  return { path: formatPath(path), ...(now !== undefined && { now }) }
}

/** Many values are true, or empty. */
const isTelling = (value: unknown): boolean =>
  (typeof value === 'string' && value.length > 3) ||
  (typeof value === 'number' && value > 9) ||
  (Array.isArray(value) && value.length > 0) ||
  (isFields(value) && Object.keys(value).length > 0)

function typeOfValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return 'list'
  return isFields(value) ? 'map' : typeof value
}

/** What a schema requires, below maps that are there. */
function requiredPaths({ schema, values }: ChartFiles, set: Fields): ValuePath[] {
  const all = merged(values, set)
  const walk = (written: Fields | undefined, path: ValuePath): ValuePath[] => {
    const node = resolved(schema, written)
    const names = Array.isArray(node?.required) ? node.required.map(String) : []
    const properties = isFields(node?.properties) ? Object.entries(node.properties) : []
    return [
      ...names.map((name) => [...path, name]),
      ...properties.flatMap(([key, property]) => {
        const here = [...path, key]
        return isFields(property) && here.length < 20 && isFields(valueAt(all, here)) ? walk(property, here) : []
      }),
    ]
  }
  return walk(schema, [])
}

const isDefined = (values: Fields, path: ValuePath): boolean => valueAt(values, path) !== undefined
