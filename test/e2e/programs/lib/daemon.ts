import { type ChildProcess, spawn } from 'node:child_process'

/** A program that runs until it is stopped, and what it wrote to stderr. */
export class Daemon {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #log = ''

  constructor(path: string, args: readonly string[]) {
    this.#child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH } })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk
    })
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()))
  }

  /** Ends it and waits for its end. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal)
    await this.#ended
  }

  /** Asks again until the answer is not undefined. Throws after ten minutes, or when the program has ended, with its log. */
  async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + 600_000
    while (Date.now() < deadline && this.#child.exitCode === null) {
      const answer = await ask()
      if (answer !== undefined) return answer
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const why = this.#child.exitCode === null ? 'not within ten minutes' : `it ended with ${this.#child.exitCode}`
    throw new Error(`${what}: ${why}\n${this.#log}`)
  }

  /** Waits until it answers a URL with success. */
  async answers(url: string): Promise<void> {
    await this.until(`waiting for ${url}`, () =>
      fetch(url).then(
        ({ ok }) => ok || undefined,
        // Refused: it does not listen yet.
        () => undefined,
      ),
    )
  }
}
