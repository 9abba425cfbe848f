import { type FieldPath, isFields } from '../../../functions/lib/kubernetes/objects.ts'

/**
 * The paths that a field path of Kustomize means in a value: `spec.containers.[name=web].image`, `*` for all of a list or
 * map, `\.` for a dot in a key. One of plain keys is itself, whether the field is there or not. Source:
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/#field-path-format
 */
export function pathsAt(value: unknown, fieldPath: string): FieldPath[] {
  const keys = keysOf(fieldPath)
  return keys.every((key) => !isSelection(key)) ? [keys.map(asIndex(value))] : below(value, keys)
}

const keysOf = (fieldPath: string): string[] =>
  [...fieldPath.matchAll(/\[[^\]]*\]|(?:\\.|[^.\\])+/g)].map(([key]) => key.replaceAll(/\\(.)/g, '$1'))

const isSelection = (key: string): boolean => key === '*' || /^\[.*=.*\]$/.test(key)

/** A number is an index in a list alone. */
const asIndex =
  (root: unknown) =>
  (key: string, position: number, keys: readonly string[]): string | number => {
    const list = keys
      .slice(0, position)
      .reduce<unknown>((value, one) => (value as Record<string, unknown> | undefined)?.[one], root)
    return Array.isArray(list) && /^\d+$/.test(key) ? Number(key) : key
  }

function below(value: unknown, [key, ...deeper]: readonly string[]): FieldPath[] {
  if (key === undefined) return [[]]
  return entriesOf(value)
    .filter(([name, inner]) => isMeant(key, name, inner))
    .flatMap(([name, inner]) => below(inner, deeper).map((rest) => [name, ...rest]))
}

const entriesOf = (value: unknown): (readonly [string | number, unknown])[] =>
  Array.isArray(value) ? [...value.entries()] : isFields(value) ? Object.entries(value) : []

function isMeant(key: string, name: string | number, inner: unknown): boolean {
  const [, field, wanted] = /^\[(.*?)=(.*)\]$/.exec(key) ?? []
  if (field !== undefined) return isFields(inner) && String(inner[field]) === wanted
  return key === '*' || key === String(name)
}
