/**
 * A schema of zod 4 (`zod` or `zod/mini`) whose values are T, known by the one property that holds their type. The types
 * that this package publishes end here, so that nobody who imports them needs zod.
 */
export interface Schema<T> {
  readonly _zod: { readonly output: T }
}
