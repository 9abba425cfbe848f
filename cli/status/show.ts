import { type ExitCode, FINDINGS, OK, UNUSABLE } from '../exit-code.ts'
import { colorsFor } from '../terminal.ts'
import type { Cluster, Connection } from './cluster.ts'
import { follow } from './follow.ts'
import { asJson } from './json.ts'
import { type Part, readAll, snapshotOf } from './read.ts'
import { type Status, statusOf } from './status.ts'
import { asText } from './text.ts'

export interface StatusOptions extends Connection {
  namespace?: string[]
  watch?: true
  output: 'text' | 'json'
}

/** 0 if all is healthy, 1 if something is not, 2 if nothing unhealthy was found but something could not be read. */
const exitCodeOf = ({ causes, unread }: Status): ExitCode =>
  causes.length > 0 ? FINDINGS : unread.length > 0 ? UNUSABLE : OK

/** Shows the status of a cluster once. */
export async function show(cluster: Cluster, { namespace, output }: StatusOptions): Promise<ExitCode> {
  const parts = await readAll(cluster, namespace)
  const now = Date.now()
  const status = statusOf(snapshotOf(parts, namespace), now)
  process.stdout.write(output === 'json' ? asJson(status) : asText(status, now, colorsFor(process.stdout, process.env)))
  return exitCodeOf(status)
}

/** Changes that come together are shown together, in milliseconds. */
const TOGETHER = 250

/** Shows the status again whenever it changes, until a signal ends the program. */
export async function watch(cluster: Cluster, options: StatusOptions): Promise<never> {
  const parts = await readAll(cluster, options.namespace)
  const screen = new Screen(cluster, parts, options)
  screen.draw()
  return Promise.race(parts.map((part) => follow(cluster, part, screen)))
}

/** What is on the terminal, or was last written to a pipe. */
class Screen {
  readonly #cluster: Cluster
  readonly #parts: readonly Part[]
  readonly #options: StatusOptions
  #shown = ''
  #lost: string | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(cluster: Cluster, parts: readonly Part[], options: StatusOptions) {
    this.#cluster = cluster
    this.#parts = parts
    this.#options = options
  }

  onChange(): void {
    this.#timer ??= setTimeout(() => this.draw(), TOGETHER)
  }

  onConnection(lost: string | undefined): void {
    if (lost === this.#lost) return
    this.#lost = lost
    this.onChange()
  }

  /** Writes the status, unless it is what is there. */
  draw(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const now = Date.now()
    const status = statusOf(snapshotOf(this.#parts, this.#options.namespace), now)
    const text = this.#options.output === 'json' ? this.#json(status) : this.#text(status, now)
    if (text === this.#shown) return
    this.#shown = text
    process.stdout.write(text)
  }

  #json(status: Status): string {
    const connection = this.#lost === undefined ? { connected: true } : { connected: false, lost: this.#lost }
    return `${JSON.stringify({ ...JSON.parse(asJson(status)), ...connection })}\n`
  }

  #text(status: Status, now: number): string {
    const colors = colorsFor(process.stdout, process.env)
    const lost =
      this.#lost === undefined ? '' : `${colors.yellow('connection lost')}: ${this.#lost}; this was the last answer\n`
    const [before, after] = process.stdout.isTTY ? [CLEAR, ''] : ['', '\n']
    return `${before}${colors.bold(this.#cluster.name)}\n${lost}${asText(status, now, colors)}${after}`
  }
}

const CLEAR = '\u001b[H\u001b[2J'
