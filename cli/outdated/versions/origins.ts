import pLimit from 'p-limit'
import { Failure } from '../../exit-code.ts'
import { AT_ONCE, tagsOf } from '../../lock/registry.ts'
import { withoutCredentials } from '../../without-credentials.ts'
import { versionsInIndex } from './index-file.ts'

/** Where the versions of something are listed. */
export type Origin =
  /** A repository of a registry; `isPlain` for one that is reached without TLS. */
  | { kind: 'registry'; repository: string; isPlain: boolean }
  /** A chart in an index.yaml. */
  | { kind: 'index'; url: string; chart: string }

/** The versions that an origin lists, or why it does not answer. */
export type Answer = { versions: string[] } | { reason: string }

/** How an origin is named, and what it is asked for. */
export const keyOf = (origin: Origin): string =>
  origin.kind === 'registry'
    ? `tags of ${origin.repository}`
    : `versions of ${origin.chart} in ${origin.url}/index.yaml`

/** Asks each origin once, several side by side. One that does not answer does not stop the others. */
export async function ask(origins: readonly Origin[]): Promise<Map<string, Answer>> {
  const inTurn = pLimit(AT_ONCE)
  const each = new Map(origins.map((origin) => [keyOf(origin), origin]))
  const answers = await Promise.all(
    [...each].map(([key, origin]) => inTurn(async (): Promise<[string, Answer]> => [key, await answerOf(origin)])),
  )
  return new Map(answers)
}

async function answerOf(origin: Origin): Promise<Answer> {
  try {
    const versions =
      origin.kind === 'registry'
        ? await tagsOf(origin.repository, origin.isPlain)
        : await versionsInIndex(origin.url, origin.chart)
    return { versions }
  } catch (cause) {
    if (cause instanceof Failure) return { reason: withoutCredentials(cause.message) }
    throw cause
  }
}
