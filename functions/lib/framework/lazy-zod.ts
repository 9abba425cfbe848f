/**
 * The builders of `zod/mini` that configuration is written with, in the same words and types. They make plain data until
 * somebody asks for the schema of zod. parse-lazily.ts reads a policy without zod, because loading it and building its
 * schemas takes longer than hardening a stack. A policy that does not fit is read again by zod, whose issues become the
 * messages.
 */
import type { $ZodType } from 'zod/v4/core'
import type { zod as ofZod } from './zod.ts'

type Zod = typeof ofZod
type Name = Exclude<keyof Zod, 'safeParse'>

export type { infer } from 'zod/mini'
export type { $ZodType } from 'zod/v4/core'

/** A schema or a check as it was written: the name of its builder, and the arguments. */
export class Lazy {
  readonly name: Name
  readonly args: readonly unknown[]
  readonly checks: readonly Lazy[]
  #zod: $ZodType | undefined

  constructor(name: Name, args: readonly unknown[], checks: readonly Lazy[] = []) {
    this.name = name
    this.args = args
    this.checks = checks
  }

  check(...checks: Lazy[]): Lazy {
    return new Lazy(this.name, this.args, [...this.checks, ...checks])
  }

  /** Itself as zod has it. */
  get zod(): $ZodType {
    this.#zod ??= this.#build()
    return this.#zod
  }

  /** Makes it a schema of zod for code that composes it with others. */
  get _zod(): $ZodType['_zod'] {
    return this.zod._zod
  }

  #build(): $ZodType {
    const make = zod()[this.name] as unknown as (
      ...args: unknown[]
    ) => $ZodType & { check(...checks: unknown[]): $ZodType }
    const made = make(...this.args.map(asZod))
    return this.checks.length === 0 ? made : made.check(...this.checks.map(asZod))
  }
}

/** The fields of a map's schema, whether it is lazy or zod's own. */
export const shapeOf = (schema: unknown): Readonly<Record<string, unknown>> =>
  (schema instanceof Lazy
    ? schema.args[0]
    : (schema as { _zod: { def: { shape: object } } })._zod.def.shape) as Readonly<Record<string, unknown>>

/** Loaded on first use. */
export const zod = (): Zod => require('./zod.ts').zod

/** The schema as zod has it, wherever in the argument of a builder it is. */
export function asZod(value: unknown): unknown {
  if (value instanceof Lazy) return value.zod
  if (Array.isArray(value)) return value.map(asZod)
  const isShape =
    typeof value === 'object' && value !== null && Object.values(value).some((inner) => inner instanceof Lazy)
  return isShape ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asZod(inner)])) : value
}

const builder = <N extends Name>(name: N): Zod[N] => ((...args: unknown[]) => new Lazy(name, args)) as unknown as Zod[N]

export const string = builder('string')
export const number = builder('number')
export const int = builder('int')
export const boolean = builder('boolean')
export const literal = builder('literal')
const oneOf = builder('enum')

export { oneOf as enum }
export const array = builder('array')
export const object = builder('object')
export const strictObject = builder('strictObject')
export const looseObject = builder('looseObject')
export const catchall = builder('catchall')
export const record = builder('record')
export const partialRecord = builder('partialRecord')
export const union = builder('union')
export const optional = builder('optional')
export const nullable = builder('nullable')
export const _default = builder('_default')
export const prefault = builder('prefault')

export const minLength = builder('minLength')
export const minimum = builder('minimum')
export const maximum = builder('maximum')
export const gte = builder('gte')
export const lte = builder('lte')
export const regex = builder('regex')
export const refine = builder('refine')
export const check = builder('check')
export const describe = builder('describe')
