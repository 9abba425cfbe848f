/**
 * What the functions of one run share. A part of lib keeps its own value here, under a symbol that only it has, so that
 * nothing is computed twice; whoever runs a single function hands over a new one.
 */
export class Shared {
  readonly #values = new Map<symbol, unknown>()

  /** The value under the key, made on first use. */
  get<T>(key: symbol, make: () => T): T {
    if (!this.#values.has(key)) this.#values.set(key, make())
    return this.#values.get(key) as T
  }
}
