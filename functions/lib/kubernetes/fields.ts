import { type Fields, isFields, valueAt } from './objects.ts'

/** The text at a path; undefined if there is none or it is empty. */
export const textAt = (root: unknown, ...path: (string | number)[]): string | undefined => {
  const value = valueAt(root, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The maps of the list at a path; none if there is no list. */
export const listAt = (root: unknown, ...path: (string | number)[]): Fields[] => {
  const value = valueAt(root, path)
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** Every string below a value, with its path. */
export function* stringsIn(value: unknown, path: (string | number)[] = []): Generator<[(string | number)[], string]> {
  if (typeof value === 'string') yield [path, value]
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index])
  else if (isFields(value)) for (const [key, inner] of Object.entries(value)) yield* stringsIn(inner, [...path, key])
}
