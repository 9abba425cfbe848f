import { isDeepStrictEqual } from 'node:util'
import { copyOf } from '../exact-integer.ts'
import { type Fields, isFields, valueAt } from '../kubernetes/objects.ts'

/** An operation of JSON Patch. Source: RFC 6902. */
export type Operation =
  | { op: 'test' | 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string }

type PatchPath = readonly (string | number)[]

const pointer = (path: PatchPath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** The keys of a JSON Pointer. Source: RFC 6901. */
export const keysOfPointer = (pointed: string): string[] =>
  pointed
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/**
 * The operations that turn one object into another. A `test` comes before every operation below an index and before
 * every scalar that is replaced or removed, so that the patch fails on an object of another shape, and never lands on
 * another container.
 */
export function patchOf(before: unknown, after: unknown): Operation[] {
  const patch = new Patch(before)
  patch.visit(before, after, [])
  return copyOf(patch.operations)
}

class Patch {
  readonly operations: Operation[] = []
  readonly #before: unknown
  readonly #tested = new Set<string>()

  constructor(before: unknown) {
    this.#before = before
  }

  visit(from: unknown, to: unknown, path: PatchPath): void {
    if (isDeepStrictEqual(from, to)) return
    if (isFields(from) && isFields(to)) this.#visitMap(from, to, path)
    else if (Array.isArray(from) && Array.isArray(to) && to.length >= from.length) this.#visitList(from, to, path)
    else this.#replace(from, to, path)
  }

  #visitMap(from: Fields, to: Fields, path: PatchPath): void {
    for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) this.#remove(from[key], [...path, key])
    for (const [key, value] of Object.entries(to))
      if (Object.hasOwn(from, key)) this.visit(from[key], value, [...path, key])
      else if (value !== undefined) this.#add(value, [...path, key])
  }

  #visitList(from: readonly unknown[], to: readonly unknown[], path: PatchPath): void {
    for (const [index, item] of from.entries()) this.visit(item, to[index], [...path, index])
    for (const item of to.slice(from.length)) this.#add(item, [...path, '-'])
  }

  #add(value: unknown, path: PatchPath): void {
    this.#testIndices(path)
    this.operations.push({ op: 'add', path: pointer(path), value })
  }

  #remove(value: unknown, path: PatchPath): void {
    this.#testIndices(path)
    if (!isFields(value) && !Array.isArray(value)) this.#test(path, value)
    this.operations.push({ op: 'remove', path: pointer(path) })
  }

  #replace(from: unknown, to: unknown, path: PatchPath): void {
    this.#testIndices(path.slice(0, -1))
    this.#test(path, from)
    this.operations.push({ op: 'replace', path: pointer(path), value: to })
  }

  /** Tests which element of each list on the way is meant: by its name, or by its value if it is a scalar. */
  #testIndices(path: PatchPath): void {
    for (const [depth, key] of path.entries()) {
      if (typeof key !== 'number') continue
      const element = path.slice(0, depth + 1)
      const value = valueAt(this.#before, element)
      const name = isFields(value) ? NAMING.find((field) => Object.hasOwn(value, field)) : undefined
      if (name !== undefined && isFields(value)) this.#test([...element, name], value[name])
      else this.#test(element, value)
    }
  }

  /** Tests each place once. */
  #test(path: PatchPath, value: unknown): void {
    const at = pointer(path)
    if (!this.#tested.has(at)) this.operations.push({ op: 'test', path: at, value })
    this.#tested.add(at)
  }
}

/** Fields by which the elements of Kubernetes' lists are told apart, the usual one first. */
const NAMING = ['name', 'key', 'topologyKey', 'containerPort', 'mountPath', 'path'] as const

/** Why a patch does not fit an object. */
export interface Misfit {
  problem: string
}

/** Applies a patch to an object in place; answers why it does not fit, and then leaves the object half changed. */
export function applyPatch(object: Fields, operations: readonly Operation[]): Misfit | undefined {
  for (const operation of operations) {
    const keys = keysOfPointer(operation.path)
    const last = keys.pop()
    const parent = valueAt(object, keys)
    if (last === undefined || typeof parent !== 'object' || parent === null)
      return { problem: `${operation.path} is not there` }
    const misfit = Array.isArray(parent) ? onList(parent, last, operation) : onMap(parent as Fields, last, operation)
    if (misfit) return misfit
  }
  return undefined
}

const differs = (path: string): Misfit => ({ problem: `${path} has another value` })

function onMap(parent: Fields, key: string, operation: Operation): Misfit | undefined {
  if (operation.op === 'test')
    return isDeepStrictEqual(valueAt(parent, [key]), operation.value) ? undefined : differs(operation.path)
  if (operation.op !== 'add' && !Object.hasOwn(parent, key)) return { problem: `${operation.path} is not there` }
  if (operation.op === 'remove') delete parent[key]
  // A key such as `__proto__` is data.
  else
    Object.defineProperty(parent, key, {
      value: copyOf(operation.value),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  return undefined
}

function onList(parent: unknown[], key: string, operation: Operation): Misfit | undefined {
  const index = key === '-' ? parent.length : Number(key)
  if (operation.op === 'test')
    return isDeepStrictEqual(parent[index], operation.value) ? undefined : differs(operation.path)
  if (operation.op === 'add') parent.splice(index, 0, copyOf(operation.value))
  else if (index >= parent.length) return { problem: `${operation.path} is not there` }
  else if (operation.op === 'remove') parent.splice(index, 1)
  else parent[index] = copyOf(operation.value)
  return undefined
}
