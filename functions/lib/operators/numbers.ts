import { valueAt } from '../kubernetes/objects.ts'

/** A port at a path, written as a number or as text; `standard` if there is none. */
export function portAt(root: unknown, path: readonly string[], standard: number): number {
  const written = valueAt(root, path)
  const port = typeof written === 'string' && /^\d+$/.test(written) ? Number(written) : written
  return typeof port === 'number' && port > 0 ? port : standard
}
