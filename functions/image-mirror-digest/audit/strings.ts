import type { FieldPath } from '../../lib/kubernetes/objects.ts'

/** Fields that mention a place and pull nothing from it. */
const NOT_PULLED = new Set(['description', 'repoURL', 'url'])
/** Annotations in which tools keep their own record of an object. */
const OWN_ANNOTATION = /^(?:[\w.-]*\.)?(?:config\.kubernetes\.io|krm-hardening\.dev)\/|\/last-applied-configuration$/

/** Calls `visit` for every string that could be pulled; the path is only valid during the call. */
export function eachString(root: unknown, visit: (value: string, path: FieldPath) => void): void {
  const path: (string | number)[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'string') visit(value, path)
    else if (typeof value === 'object' && value !== null)
      for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
        if (typeof key === 'string' && !isPulled(path, key)) continue
        path.push(key)
        walk((value as Record<string | number, unknown>)[key])
        path.pop()
      }
  }
  walk(root)
}

const isPulled = (path: FieldPath, key: string): boolean => {
  if (path.length === 0) return key !== 'status'
  if (path.length === 2 && path[1] === 'annotations' && OWN_ANNOTATION.test(key)) return false
  return !NOT_PULLED.has(key)
}
